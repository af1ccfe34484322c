"""The OpenAPI document says what the endpoints take: what it names is taken, what is beyond its bounds is refused."""

import inspect

import pytest

from apps import api, openapi, service
from charrnn_core.errors import UsageError
from poetry.writing.order import LARGEST_SEED


def properties(endpoint: str) -> dict:
    operation = openapi.document()["paths"][f"/gradio_api/call/v2/{endpoint}"]["post"]
    return operation["requestBody"]["content"]["application/json"]["schema"]["properties"]


def test_every_parameter_of_every_endpoint_is_there() -> None:
    for work in api.ENDPOINTS:
        assert list(properties(work.__name__)) == [
            name for name in inspect.signature(work).parameters if name != "request"
        ]


def test_enumerations_and_ranges_are_those_that_are_held() -> None:
    found = properties("generate")
    for name, schema in found.items():
        if "enum" in schema:
            for value in schema["enum"] if name != "form" else []:
                service.order(**{name: value})
            with pytest.raises(UsageError):
                next(service.order(**{name: "no such"}).poems())
        elif "maximum" in schema and name != "lines":
            for value in (schema["minimum"], schema["maximum"]):
                if name != "at" or value:
                    service.order(**{name: value})
            with pytest.raises(UsageError):
                service.order(**{name: schema["maximum"] + 1})
    assert found["form"]["enum"][:2] == ["", "五绝"] and found["seed"]["maximum"] == LARGEST_SEED
