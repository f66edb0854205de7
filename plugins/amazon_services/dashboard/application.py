"""The web application of the page: the page and its files, its tiles as JSON, and the two reports next to the published file.

All requests require Airflow's login and the permission to read the DAG that publishes the warehouse. All routes are GETs, and
nothing is written.
"""

from html import escape
from pathlib import Path

import duckdb
from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.staticfiles import StaticFiles

from amazon_services.airflow_internals import require_dag_access
from include.dashboard.filters import BadFilter, Filters
from include.dashboard.tiles import TILES, NothingPublished, answer
from include.warehouse import paths

DAG = "amazon_services_warehouse"
FILES = StaticFiles(directory=Path(__file__).with_name("static"))
REPORTS = ("data_docs", "dbt_docs")

# the page loads only its own files and runs only its own scripts
PAGE_POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'self'"
# reports contain inline scripts, which have no access to Airflow's API or other hosts
REPORT_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'none'; frame-src 'none'; form-action 'none'; base-uri 'self'"
)


def application() -> FastAPI:
    """Create the application."""
    app = FastAPI(title="Services", docs_url=None, redoc_url=None, openapi_url=None, dependencies=[require_dag_access(DAG)])
    app.middleware("http")(_protect)
    app.exception_handler(StarletteHTTPException)(_error)
    app.get("/")(_index)
    app.get("/static/{path:path}")(_static)
    app.get("/tiles/{name}")(_tile)
    app.get("/reports/{report}/{path:path}")(_report)
    return app


async def _protect(request: Request, call_next) -> Response:
    response = await call_next(request)
    response.headers.setdefault("Content-Security-Policy", PAGE_POLICY)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    # browsers revalidate each time (304 if unchanged), and proxies do not store it
    response.headers["Cache-Control"] = "private, no-cache"
    return response


async def _index(request: Request) -> Response:
    return await FILES.get_response("index.html", request.scope)


async def _static(path: str, request: Request) -> Response:
    return await FILES.get_response(path, request.scope)


async def _report(report: str, path: str, request: Request) -> Response:
    if report not in REPORTS:
        raise HTTPException(404, "There is no such report.")
    folder = paths.published_database().parent / report
    if not (folder / "index.html").is_file():
        raise HTTPException(404, "This report does not exist yet; the next run of amazon_services_warehouse creates it.")
    if not path:
        return RedirectResponse("index.html")
    response = await StaticFiles(directory=folder).get_response(path, request.scope)
    response.headers["Content-Security-Policy"] = REPORT_POLICY
    return response


def _tile(name: str, request: Request) -> JSONResponse:
    if name not in TILES:
        raise HTTPException(404, f"There is no such tile; the tiles are {', '.join(TILES)}.")
    try:
        return JSONResponse(answer(name, Filters.from_query(request.query_params)))
    except BadFilter as error:
        raise HTTPException(422, str(error)) from error
    except NothingPublished as error:
        return JSONResponse({"nothing_published": str(error)})
    except duckdb.CatalogException as error:
        raise HTTPException(
            503, "The published file lacks a table or column of this page: run amazon_services_warehouse once."
        ) from error


async def _error(request: Request, error: StarletteHTTPException) -> Response:
    """JSON for programs, a page with advice for browsers."""
    if "text/html" not in request.headers.get("accept", ""):
        return JSONResponse({"detail": error.detail}, error.status_code, headers=error.headers)
    advice = {
        401: "Log in to Airflow, then open this page again.",
        403: f"Your user needs the right to read the DAG {DAG}.",
    }.get(error.status_code, str(error.detail))
    body = f"<!doctype html><html lang=en><meta charset=utf-8><title>Services</title><p>{escape(advice)}"
    return HTMLResponse(body, error.status_code)
