{#- A scope is complete when nothing that is there can be kept: it was asked for, a table is missing, or what the
    tables are made by is not what it was at the last build. -#}
{%- set missing = [] -%}
{%- if execute -%}
    {%- for model in project_models() if model.config.materialized == 'incremental' -%}
        {%- if load_relation(api.Relation.create(model.database, model.schema, model.alias)) is none -%}
            {%- do missing.append(model.name) -%}
        {%- endif -%}
    {%- endfor -%}
{%- endif -%}

with built_settings as (

    select * from {{ source('build_state', 'built_settings') }}

)

select
    {{ 'true' if flags.FULL_REFRESH or missing else 'false' }}
    or not exists (
        select 1 from built_settings
        where fingerprint = '{{ var('definition', '') }}'
    ) as is_complete
