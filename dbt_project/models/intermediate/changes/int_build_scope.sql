{#- The scope is complete if a full refresh was requested, if a table is missing, or if the definitions of the models
    differ from those of the last complete build. -#}
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
