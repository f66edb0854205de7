{#
    What the engine does with JSON. A value that does not fit its type becomes NULL, and its neighbors are kept:
    bad data must never fail a build.
#}
{% macro from_json(column, shapes) -%}
    {{ return(adapter.dispatch('from_json')(column, shapes)) }}
{%- endmacro %}


{#
    The structure of each JSON column of `raw.service_jobs`, in Amazon's names. The column's comment holds it: `schema.ensure`
    writes it there, from the fields that `include/warehouse/api_fields.py` declares.
#}
{% macro service_job_shapes() -%}
    {%- if not execute %}{{ return({}) }}{% endif -%}
    {%- set shapes = {} -%}
    {%- set described -%}
        select column_name, comment
        from duckdb_columns()
        where
            database_name = '{{ target.database }}' and schema_name = 'raw' and table_name = 'service_jobs'
            and comment is not null
    {%- endset -%}
    {%- for column, shape in run_query(described).rows -%}
        {%- do shapes.update({column: shape}) -%}
    {%- endfor -%}
    {%- if not shapes -%}
        {{ exceptions.raise_compiler_error(
            'The columns of raw.service_jobs have no comments: load a package, or call include.warehouse.schema.ensure.'
        ) }}
    {%- endif -%}
    {{ return(shapes) }}
{%- endmacro %}
