"""Our server for a Chalice app: true to API Gateway's events, and no request sees another's."""

import http.client
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from chalice.app import Chalice, CognitoUserPoolAuthorizer, Response

from dev.server import MAX_BODY, AppServer, Gateway, in_process


def sample() -> Any:
    app: Any = Chalice("sample", configure_logs=False)

    @app.route("/")
    def front() -> Response:
        return Response("front", headers={"Content-Type": "text/plain"})

    @app.route("/echo/{word}", methods=["POST"], content_types=["application/x-www-form-urlencoded"])
    def echo(word: str) -> dict[str, Any]:
        request = app.current_request
        barrier_pause()
        return {
            "word": word,
            "body": app.current_request.raw_body.decode(),
            "same": request is app.current_request,
        }

    @app.route("/echo/fixed")
    def fixed() -> dict[str, str]:
        return {"route": "fixed"}

    @app.route("/echo/{word}")
    def shown(word: str) -> dict[str, Any]:
        request = app.current_request
        return {"word": word, "query": request.query_params and dict(request.query_params.items())}

    @app.route("/many")
    def many() -> Response:
        return Response("", headers={"Set-Cookie": ["a=1", "b=2"], "Content-Type": "text/plain"})

    @app.route("/broken")
    def broken() -> None:
        raise RuntimeError("+14045550123 is nobody's business")

    @app.route("/inner")
    def inner() -> dict[str, Any]:
        nested = app.nested("GET", "/echo/b?x=1", {}, b"")
        return {"path": app.current_request.path, "nested": json.loads(nested[2])}

    app.nested = in_process(app)
    return app


def barrier_pause() -> None:
    threading.Event().wait(0.001)


@pytest.fixture
def lines() -> list[str]:
    return []


@pytest.fixture
def server(lines: list[str]) -> Iterator[AppServer]:
    with AppServer(sample(), 0, log=lines.append) as running:
        yield running


def ask(server: AppServer, method: str, path: str, body: bytes | None = None, **headers: str) -> Any:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    try:
        connection.request(
            method, path, body, {name.replace("_", "-"): value for name, value in headers.items()}
        )
        answer = connection.getresponse()
        return answer.status, answer, answer.read()
    finally:
        connection.close()


def test_requests_of_sixteen_threads_never_see_each_other(server: AppServer) -> None:
    wrong: list[object] = []

    def talk(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        for turn in range(50):
            word = f"{number}-{turn}"
            form = {"Content-Type": "application/x-www-form-urlencoded"}
            connection.request("POST", f"/echo/{word}", f"w={word}", form)
            found = json.loads(connection.getresponse().read())
            if found != {"word": word, "body": f"w={word}", "same": True}:
                wrong.append(found)
        connection.close()

    threads = [threading.Thread(target=talk, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_an_app_made_in_two_gateways_is_isolated_once() -> None:
    app = sample()
    Gateway(app)
    assert type(app).__mro__.count(type(app)) == 1
    assert [kind.__name__ for kind in type(app).__mro__].count("ThreadedChalice") == 1


def test_head_has_the_headers_of_get_and_no_body(server: AppServer) -> None:
    status, answer, body = ask(server, "HEAD", "/")
    assert (status, answer.headers["Content-Length"], body) == (200, "5", b"")


def test_a_body_over_lambdas_limit_is_413_and_never_read(server: AppServer) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.putrequest("POST", "/echo/a")
    connection.putheader("Content-Length", str(MAX_BODY + 1))
    connection.endheaders()
    answer = connection.getresponse()
    assert (answer.status, answer.headers["Connection"]) == (413, "close")
    connection.close()


@pytest.mark.parametrize(("length", "status"), [("-1", 400), ("ten", 400), ("²", 400)])
def test_a_length_that_is_no_number_is_400(server: AppServer, length: str, status: int) -> None:
    assert ask(server, "POST", "/echo/a", None, Content_Length=length)[0] == status


def test_a_chunked_body_is_411(server: AppServer) -> None:
    assert ask(server, "POST", "/echo/a", None, Transfer_Encoding="chunked")[0] == 411


def test_a_fixed_part_goes_before_a_variable_one(server: AppServer) -> None:
    assert json.loads(ask(server, "GET", "/echo/fixed")[2]) == {"route": "fixed"}


def test_an_unknown_path_is_404_and_a_known_one_with_another_method_405(server: AppServer) -> None:
    assert [ask(server, "GET", path)[0] for path in ("/nothing", "/echo/a/b")] == [404, 404]
    assert ask(server, "DELETE", "/many")[0] == 405


def test_a_trailing_slash_is_ignored_as_api_gateway_does(server: AppServer) -> None:
    assert ask(server, "GET", "/many/")[0] == 200


def test_each_value_of_a_header_is_sent(server: AppServer) -> None:
    assert ask(server, "GET", "/many")[1].headers.get_all("Set-Cookie") == ["a=1", "b=2"]


def test_an_error_in_a_view_is_the_apps_own_500(server: AppServer) -> None:
    status, _, body = ask(server, "GET", "/broken")
    assert (status, json.loads(body)["Code"]) == (500, "InternalServerError")


def test_the_log_holds_patterns_and_no_id_query_or_number(server: AppServer, lines: list[str]) -> None:
    ask(server, "GET", "/echo/14045550123?phone=14045550123")
    ask(server, "GET", "/14045550123")
    ask(server, "GET", "/broken")
    assert [line.rsplit(" ", 2)[0] for line in lines] == [
        "GET /echo/{word} 200",
        "GET (no route) 404",
        "GET /broken 500",
    ]


def test_a_prefix_is_taken_off_and_asked_for() -> None:
    send = in_process(sample(), prefix="/stage")
    assert send("GET", "http://127.0.0.1/stage/echo/a", {}, b"")[0] == 200
    assert send("GET", "/stage/", {}, b"")[2] == b"front"
    assert [send("GET", path, {}, b"")[0] for path in ("/echo/a", "/", "/stagecoach", "/stage")] == [404] * 4


def test_the_event_is_api_gateways_version_1() -> None:
    made = Gateway(sample()).event_for(
        "POST", "/echo/a?q=1&q=2&blank=", (("X-A", "1"), ("x-a", "2")), b"\xff"
    )
    assert made is not None
    assert made["multiValueQueryStringParameters"] == {"q": ["1", "2"], "blank": [""]}
    assert made["queryStringParameters"] == {"q": "2", "blank": ""}
    assert (made["headers"], made["multiValueHeaders"]) == ({"x-a": "2"}, {"x-a": ["1", "2"]})
    assert (made["body"], made["isBase64Encoded"]) == ("/w==", True)
    assert (made["pathParameters"], made["requestContext"]["resourcePath"]) == ({"word": "a"}, "/echo/{word}")


def test_a_stage_is_in_the_contexts_path_only() -> None:
    made = Gateway(sample(), prefix="/stage").event_for("GET", "/stage/echo/a", (), b"")
    assert made is not None
    assert (made["path"], made["requestContext"]["path"]) == ("/echo/a", "/stage/echo/a")


def test_a_request_within_a_request_leaves_the_outer_one_whole() -> None:
    _, _, body = in_process(sample())("GET", "/inner", {}, b"")
    assert json.loads(body) == {"path": "/inner", "nested": {"word": "b", "query": {"x": "1"}}}


def test_a_route_with_an_authorizer_is_refused_rather_than_left_open() -> None:
    app = sample()

    @app.route("/staff", authorizer=CognitoUserPoolAuthorizer("staff", provider_arns=["arn"]))
    def staff() -> None: ...

    with pytest.raises(ValueError, match="/staff has an authorizer"):
        Gateway(app)


def test_only_loopback_is_bound_and_the_port_is_free_afterwards() -> None:
    server = AppServer(sample(), 0)
    server.start()
    assert server._server.server_address[0] == "127.0.0.1"
    server.stop()
    AppServer(sample(), server.port).stop()


def test_a_port_in_use_is_an_error_at_once() -> None:
    with AppServer(sample(), 0) as server, pytest.raises(OSError, match="in use"):
        AppServer(sample(), server.port)
