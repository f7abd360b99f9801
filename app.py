"""The Chalice app: blueprints, one per door. No logic."""

from chalice.app import Chalice

from chalicelib.observability import SERVICE, flushing
from chalicelib.views.alert_workers import alert_workers
from chalicelib.views.api import api
from chalicelib.views.booked_pages import booked_pages
from chalicelib.views.booking_pages import booking_pages
from chalicelib.views.bookings_api import bookings_api
from chalicelib.views.campaign_desk import campaign_desk
from chalicelib.views.letter_links import letter_links
from chalicelib.views.letter_pages import letter_pages
from chalicelib.views.letter_workers import letter_workers
from chalicelib.views.letters_api import letters_api
from chalicelib.views.method_pages import method_pages
from chalicelib.views.office_desk import office_desk
from chalicelib.views.offices_api import offices_api
from chalicelib.views.pages import pages
from chalicelib.views.record_desk import record_desk
from chalicelib.views.signup_pages import signup_pages
from chalicelib.views.signups_api import signups_api
from chalicelib.views.staff import staff
from chalicelib.views.staff_sign_in import staff_sign_in
from chalicelib.views.texts import texts
from chalicelib.views.voice import voice
from chalicelib.views.workers import workers

app = Chalice(app_name=SERVICE, configure_logs=False)
app.register_middleware(flushing)
for blueprint in (
    pages,
    booking_pages,
    booked_pages,
    letter_pages,
    letter_links,
    signup_pages,
    method_pages,
    api,
    bookings_api,
    letters_api,
    signups_api,
    offices_api,
    staff,
    campaign_desk,
    office_desk,
    record_desk,
    staff_sign_in,
    voice,
    texts,
    workers,
    letter_workers,
    alert_workers,
):
    app.register_blueprint(blueprint)
