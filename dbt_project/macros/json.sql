{#
    Parses a JSON column into structs and lists. A value that does not fit its type becomes NULL and the others are
    kept, so that invalid data never fails a build.
#}
{% macro from_json(column, shapes) -%}
    {{ return(adapter.dispatch('from_json')(column, shapes)) }}
{%- endmacro %}


{#
    The structure of each JSON column of `raw.service_jobs`, with Amazon's names. It is read from the column's comment,
    which `schema.ensure` writes from the fields in `include/warehouse/api_fields.py`.
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
