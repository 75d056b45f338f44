"""Problems as application/problem+json (RFC 9457), in the language the caller asks for."""

from fastapi import Request
from fastapi.responses import JSONResponse

from server.errors import Problem, TooMany
from server.sentences import preferred


def problem_response(request: Request, problem: Problem) -> JSONResponse:
    """Type is the message's id, detail its sentence."""
    language = preferred(request.headers.get("accept-language", "en"))
    headers = {"Retry-After": str(problem.retry_after_s)} if isinstance(problem, TooMany) else None
    return JSONResponse(
        {
            "type": f"urn:shouwang:{problem.text.id}",
            "title": problem.text.id,
            "status": problem.status,
            "detail": problem.told(language),
            "arguments": problem.text.arguments,
        },
        problem.status,
        headers,
        media_type="application/problem+json",
    )
