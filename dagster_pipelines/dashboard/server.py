"""The dashboard on the loopback address. It only reads, and follows what is published.

Each request opens the publication of its moment: the next one shows the next publication, and one
that is open goes on being whole.
"""

from __future__ import annotations

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from dagster_pipelines.dashboard.figures import as_csv
from dagster_pipelines.dashboard.pages import PAGES
from dagster_pipelines.dashboard.published import open_published
from dagster_pipelines.dashboard.rendering import STYLE, message_html, page_html
from dagster_pipelines.errors import JobError
from dagster_pipelines.settings import Settings

# Pictures are in the pages; nothing else is fetched, nothing is run, nobody may frame it.
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src data:; form-action 'self';"
        " base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def application(settings: Settings, host: str) -> Starlette:
    """Return the application that shows what is published, to who calls it by the host's name."""

    def arrive(_: Request) -> Response:
        return RedirectResponse(f"/{next(iter(PAGES))}")

    def show(request: Request) -> Response:
        page = PAGES.get(request.path_params["page"])
        if page is None:
            return _missing("There is no such page.")
        with open_published(settings) as published:
            return HTMLResponse(
                page_html(published, list(PAGES.values()), page, request.query_params)
            )

    def export(request: Request) -> Response:
        page = PAGES.get(request.path_params["page"])
        if page is None:
            return _missing("There is no such page.")
        with open_published(settings) as published:
            shown = page.show(published, request.query_params)
        for figure in shown.figures:
            if figure.name == request.path_params["figure"]:
                name = f"{page.slug}-{figure.name}.csv"
                return Response(
                    as_csv(figure),
                    media_type="text/csv; charset=utf-8",
                    headers={"Content-Disposition": f'attachment; filename="{name}"'},
                )
        return _missing("There is no such figure.")

    def style(_: Request) -> Response:
        return Response(STYLE.read_bytes(), media_type="text/css")

    def say(_: Request, error: Exception) -> Response:
        return HTMLResponse(message_html("There is nothing to show", str(error)), status_code=503)

    def fail(_: Request, error: Exception) -> Response:
        message = f"An error that nobody foresaw ({type(error).__name__}); the terminal says more."
        return HTMLResponse(message_html("This did not work", message), status_code=500)

    return Starlette(
        routes=[
            Route("/", arrive),
            Route("/style.css", style),
            Route("/{page}", show),
            Route("/{page}/{figure}.csv", export),
        ],
        # A page elsewhere must not reach this one by a name that leads here.
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=[host, "localhost"]),
            Middleware(BaseHTTPMiddleware, dispatch=_with_headers),
        ],
        exception_handlers={JobError: say, 404: _nowhere, Exception: fail},
    )


def serve(settings: Settings, host: str, port: int) -> None:
    """Serve until somebody interrupts."""
    uvicorn.run(application(settings, host), host=host, port=port, log_level="warning")


def _missing(message: str) -> Response:
    first = next(iter(PAGES.values()))
    page = message_html("Not here", message, f"/{first.slug}", first.title)
    return HTMLResponse(page, status_code=404)


async def _nowhere(request: Request, error: Exception) -> Response:
    del request, error
    return _missing("There is no such page.")


async def _with_headers(request: Request, call_next: RequestResponseEndpoint) -> Response:
    """Add to every answer what browsers are to keep to."""
    response = await call_next(request)
    response.headers.update(_HEADERS)
    return response
