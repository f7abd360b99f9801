"""Every spoken prompt in both languages: the words, not when they are said.

Placeholders: {organization} · {office} "ICE office in Atlanta" · {place} "Atlanta" · {next_place} · {number} in
words · {points} the campaign's lines · {place_in_line} "third in line" · {wait} "about two minutes" ·
{opens} "tomorrow at nine in the morning" · {booked} the same of a booked call. A campaign may replace any prompt
by its own words or a recording.
Never said: "your call is important", anything about an outcome we don't know (page.md §3.5).
"""

from chalicelib.domain.prompt_ids import PromptId
from chalicelib.domain.words import Words

PLACEHOLDERS = frozenset(
    {"organization", "office", "place", "next_place", "number", "points", "place_in_line", "wait"}
    | {"opens", "booked"}
)

PROMPTS: dict[PromptId, Words] = {
    PromptId.HELLO: Words(
        "Hello. This is {organization}, with the call you asked for. Nothing is recorded.",
        "Hola. Le llama {organization}, como usted lo pidió. No se graba nada.",
    ),
    PromptId.HELLO_CALLER: Words(
        "Hello, this is {organization}. Nothing is recorded.", "Hola, habla {organization}. No se graba nada."
    ),
    PromptId.LANGUAGE: Words("For English, press 1.", "Para español, oprima el dos."),
    PromptId.ASK_CODE: Words(
        "More than one campaign has this number. Enter the six digit code on your campaign’s page.",
        "Más de una campaña usa este número. Marque el código de seis dígitos que está en la página de su campaña.",
    ),
    PromptId.ZIP: Words(
        "To find your office, enter your five digit ZIP code. To skip this, press star.",
        "Para encontrar su oficina, marque los cinco dígitos de su código postal. "
        "Para saltar esto, oprima asterisco.",
    ),
    PromptId.MENU: Words(
        "To speak with the {office}, press 1. To hear what you could say, press 2. "
        "To never get our calls again, press 9.",
        "Para hablar con la {office}, oprima el uno. Para oír qué puede decir, oprima el dos. "
        "Para no recibir más llamadas nuestras, oprima el nueve.",
    ),
    PromptId.POINTS: Words("You could say: {points}", "Puede decir: {points}"),
    PromptId.POINTS_MENU: Words(
        "To be connected, press 1. To hear this again, press 2. The office sees our number; to show yours, press 5.",
        "Para comunicarse, oprima el uno. Para oírlo otra vez, oprima el dos. "
        "La oficina ve nuestro número; para mostrar el suyo, oprima el cinco.",
    ),
    PromptId.POINTS_MENU_HIDDEN: Words(
        "To be connected, press 1. To hear this again, press 2. The office sees our number.",
        "Para comunicarse, oprima el uno. Para oírlo otra vez, oprima el dos. La oficina ve nuestro número.",
    ),
    PromptId.CONNECTING: Words(
        "Connecting you to the {office}. To come back to us, press star.",
        "Le comunicamos con la {office}. Para volver con nosotros, oprima asterisco.",
    ),
    PromptId.NEXT_LINE_BUSY: Words(
        "That line is busy. Trying another one.", "Esa línea está ocupada. Probamos con otra."
    ),
    PromptId.NEXT_LINE_NO_ANSWER: Words(
        "Nobody picked up there. Trying another line.", "Ahí nadie contestó. Probamos con otra línea."
    ),
    PromptId.NEXT_LINE_FAILED: Words(
        "That line didn’t connect. It’s not your phone. Trying another one.",
        "Esa línea no entró. No es su teléfono. Probamos con otra.",
    ),
    PromptId.LINE_FULL: Words(
        "{place}’s lines are in use. You’re {place_in_line}, {wait}.",
        "Las líneas de {place} están en uso. Usted es {place_in_line}, {wait}.",
    ),
    PromptId.LINE_STILL_FULL: Words("You’re {place_in_line}, {wait}.", "Usted es {place_in_line}, {wait}."),
    PromptId.HOLD: Words("To wait, stay on.", "Para esperar, siga en la línea."),
    PromptId.BOOK_WHEN_FULL: Words(
        "To have us call you later, press 2.", "Para que le llamemos más tarde, oprima el dos."
    ),
    PromptId.BOOK_WHEN_BUSY: Words(
        "To have us call you again soon, press 2.", "Para que le llamemos de nuevo en un rato, oprima el dos."
    ),
    PromptId.BOOK_WHEN_CLOSED: Words(
        "For a call when {place} opens, {opens}, press 3.",
        "Para que le llamemos cuando abra {place}, {opens}, oprima el tres.",
    ),
    PromptId.BOOKED: Words(
        "Done. We’ll call you {booked}, {place} time. If you don’t pick up, we don’t try again. Goodbye.",
        "Listo. Le llamamos {booked}, hora de {place}. Si no contesta, no insistimos. Hasta luego.",
    ),
    PromptId.NOT_BOOKED: Words(
        "We couldn’t book a call for this phone.", "No pudimos programar una llamada a este teléfono."
    ),
    PromptId.HELD_LONG: Words(
        "{place}’s lines are still in use, and we won’t keep you waiting any longer. "
        "You can try again from the campaign’s page. Thank you for trying. Goodbye.",
        "Las líneas de {place} siguen en uso y no le hacemos esperar más. "
        "Puede intentarlo otra vez desde la página de la campaña. Gracias por intentarlo. Hasta luego.",
    ),
    PromptId.CLOSED: Words("The {place} office is closed.", "La oficina de {place} está cerrada."),
    PromptId.OTHER_OPEN: Words(
        "For the {next_place} office, open now, press 1.",
        "Para la oficina de {next_place}, abierta ahora, oprima el uno.",
    ),
    PromptId.STOP: Words("To stop, just hang up.", "Para terminar, solo cuelgue."),
    PromptId.HOW_DID_IT_GO: Words(
        "How did it go? If you spoke to someone, press 1. If you left a message, press 2. "
        "If nobody answered, press 3. If it was a wrong number, press 4. If their voicemail was full, press 5.",
        "¿Cómo le fue? Si habló con alguien, oprima el uno. Si dejó un mensaje, oprima el dos. "
        "Si nadie contestó, oprima el tres. Si era un número equivocado, oprima el cuatro. "
        "Si el buzón de voz estaba lleno, oprima el cinco.",
    ),
    PromptId.BUSY: Words("{place}’s lines are all busy.", "Las líneas de {place} están ocupadas."),
    PromptId.NO_ANSWER: Words("Nobody picked up.", "Nadie contestó."),
    PromptId.FAILED: Words(
        "That call didn’t go through. It’s not your phone.", "Esa llamada no entró. No es su teléfono."
    ),
    PromptId.TRY_NEXT: Words(
        "To try the {next_place} office, press 1.",
        "Para probar con la oficina de {next_place}, oprima el uno.",
    ),
    PromptId.THANKS_COUNTED: Words(
        "Thank you. Yours was call number {number}.", "Gracias. La suya fue la llamada número {number}."
    ),
    PromptId.THANKS: Words("Thank you for trying.", "Gracias por intentarlo."),
    PromptId.NEXT: Words(
        "To call the {next_place} office too, press 1. Or hang up: you’ve done it.",
        "Para llamar también a la oficina de {next_place}, oprima el uno. O cuelgue: usted ya cumplió.",
    ),
    PromptId.GOODBYE: Words("Thank you for speaking up. Goodbye.", "Gracias por alzar la voz. Hasta luego."),
    PromptId.NO_KEY: Words("We didn’t get a key.", "No recibimos ninguna tecla."),
    PromptId.NO_KEY_END: Words(
        "We didn’t get a key, so we’ll hang up. You can call back any time. Goodbye.",
        "No recibimos ninguna tecla, así que vamos a colgar. Puede volver a llamar cuando quiera. Hasta luego.",
    ),
    PromptId.WRONG_KEY: Words("That key does nothing here.", "Esa tecla no hace nada aquí."),
    PromptId.WRONG_CODE: Words(
        "That code doesn’t match, or it’s older than fifteen minutes.",
        "Ese código no coincide o tiene más de quince minutos.",
    ),
    PromptId.WRONG_ZIP: Words("We don’t know that ZIP code.", "No conocemos ese código postal."),
    PromptId.NO_AREA: Words(
        "No single office is responsible there. Any of them can take your message.",
        "Ahí no hay una sola oficina encargada. Cualquiera puede recibir su mensaje.",
    ),
    PromptId.TOO_MANY: Words(
        "This phone has made the most calls it can for now. You can call again in a day. Thank you. Goodbye.",
        "Este teléfono ya hizo todas las llamadas que puede por ahora. Puede volver a llamar en un día. "
        "Gracias. Hasta luego.",
    ),
    PromptId.TOO_MANY_HIDDEN: Words(
        "Too many callers are hiding their number just now. Show your number, or call again in an hour. Goodbye.",
        "En este momento hay demasiadas llamadas con número oculto. Muestre su número o vuelva a llamar en una hora. "
        "Hasta luego.",
    ),
    PromptId.NO_CAMPAIGN: Words(
        "Hello. No campaign has this number now. Thank you for calling. Goodbye.",
        "Hola. Ninguna campaña usa este número ahora. Gracias por llamar. Hasta luego.",
    ),
    PromptId.NEVER_AGAIN: Words(
        "Done. We won’t call this number again. Goodbye.",
        "Listo. No volveremos a llamar a este número. Hasta luego.",
    ),
    PromptId.PAUSED: Words(
        "This campaign is paused, so we can’t connect you now. Thank you for calling. Goodbye.",
        "Esta campaña está en pausa, así que ahora no podemos comunicarle. Gracias por llamar. Hasta luego.",
    ),
    PromptId.ENDED: Words(
        "This campaign has ended. Thank you for calling. Other campaigns may need you: our page lists them. Goodbye.",
        "Esta campaña ya terminó. Gracias por llamar. Puede haber otras que le necesiten: están en nuestra página. "
        "Hasta luego.",
    ),
    PromptId.OUR_FAULT: Words(
        "Sorry, something broke on our side. Please try again on the campaign’s page. Goodbye.",
        "Perdón, algo falló de nuestro lado. Intente de nuevo en la página de la campaña. Hasta luego.",
    ),
}
