"""Stand-ins for dbt's cross-database macros, for SQLFluff alone: it reads SQL without dbt."""


def date_trunc(part: str, date: str) -> str:
    return f"date_trunc('{part}', {date})"


def dateadd(part: str, amount: int, date: str) -> str:
    return f"date_add({date}, interval ({amount}) {part})"


def date_spine(part: str, start: str, end: str) -> str:
    return f"select unnest(generate_series({start}, {end}, interval 1 {part})) as date_{part}"
