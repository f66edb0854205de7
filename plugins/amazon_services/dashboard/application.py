"""The page's web application: one page, its files, its tiles as JSON, and the two reports beside the published file.

Nobody gets anything without Airflow's login and the right to read the DAG that publishes the warehouse; whoever may see that
DAG may see what it made. There are only GETs, and nothing is written.
"""

from html import escape
from pathlib import Path

import duckdb
from airflow.api_fastapi.core_api.security import requires_access_dag
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.staticfiles import StaticFiles

from include.dashboard.filters import BadFilter, Filters
from include.dashboard.tiles import TILES, NothingPublished, answer
from include.warehouse import paths

DAG = "amazon_services_warehouse"
STATIC = Path(__file__).with_name("static")
REPORTS = ("data_docs", "dbt_docs")

# the page loads from here alone; what it shows is set as text, and no script but its own would run
PAGE_POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'self'"
# reports bring scripts of their own inside; those can reach neither Airflow's API nor anybody else
REPORT_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'none'; frame-src 'none'; form-action 'none'; base-uri 'self'"
)


def application() -> FastAPI:
    login = Depends(requires_access_dag("GET", param_dag_id=DAG))
    app = FastAPI(title="Services", docs_url=None, redoc_url=None, openapi_url=None, dependencies=[login])
    files = StaticFiles(directory=STATIC)

    @app.middleware("http")
    async def protect(request: Request, call_next) -> Response:
        response = await call_next(request)
        response.headers.setdefault("Content-Security-Policy", PAGE_POLICY)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        # asked again each time, answered with 304 where nothing changed; never kept by anything between
        response.headers["Cache-Control"] = "private, no-cache"
        return response

    app.add_exception_handler(StarletteHTTPException, _refused)

    @app.get("/")
    async def index(request: Request) -> Response:
        return await files.get_response("index.html", request.scope)

    @app.get("/static/{path:path}")
    async def static(path: str, request: Request) -> Response:
        return await files.get_response(path, request.scope)

    @app.get("/tiles/{name}")
    def tile(name: str, request: Request) -> JSONResponse:
        return _tile(name, request)

    @app.get("/reports/{report}/{path:path}")
    async def report(report: str, path: str, request: Request) -> Response:
        if report not in REPORTS:
            raise HTTPException(404, "There is no such report.")
        folder = paths.published_database().parent / report
        if not (folder / "index.html").is_file():
            raise HTTPException(404, "This report has not been made yet; the next run of amazon_services_warehouse makes it.")
        if not path:
            return RedirectResponse("index.html")
        response = await StaticFiles(directory=folder).get_response(path, request.scope)
        response.headers["Content-Security-Policy"] = REPORT_POLICY
        return response

    return app


def _tile(name: str, request: Request) -> JSONResponse:
    if name not in TILES:
        raise HTTPException(404, f"There is no such tile; there are {', '.join(TILES)}.")
    try:
        return JSONResponse(answer(name, Filters.from_query(request.query_params)))
    except BadFilter as error:
        raise HTTPException(422, str(error)) from error
    except NothingPublished as error:
        return JSONResponse({"nothing_published": str(error)})
    except duckdb.CatalogException as error:
        raise HTTPException(
            503, "The published file lacks a table or column that this page reads: run amazon_services_warehouse once."
        ) from error


async def _refused(request: Request, error: StarletteHTTPException) -> Response:
    """For a program JSON, for a person a page that says what to do."""
    if "text/html" not in request.headers.get("accept", ""):
        return JSONResponse({"detail": error.detail}, error.status_code, headers=error.headers)
    advice = {
        401: "Log in to Airflow, then open this page again.",
        403: f"Your user needs the right to read the DAG {DAG}.",
    }.get(error.status_code, str(error.detail))
    body = f"<!doctype html><html lang=en><meta charset=utf-8><title>Services</title><p>{escape(advice)}"
    return HTMLResponse(body, error.status_code)
