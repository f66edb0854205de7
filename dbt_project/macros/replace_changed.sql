{#
    The incremental strategy. Every build has a *scope*: the jobs, hours, days and slots that the models in
    `models/intermediate/changes` list. An incremental model computes only the rows of the scope; this strategy deletes
    the old rows of the scope and inserts the new ones, in one transaction. The build after one that failed or was
    killed repairs its tables, because its scope includes the scope of that build (build_state.sql).
#}

{#
    Configures an incremental model, in its first line. `by` lists the columns that it shares with the model `changes`.
#}
{% macro replace_changed(changes, by) %}
    {{ config(
        materialized='incremental',
        incremental_strategy='replace_changed',
        on_schema_change='append_new_columns',
        pre_hook='{{ refuse_partial_rebuild() }}',
        meta={'changes': changes, 'replaced_by': by},
    ) }}
    -- depends_on: {{ ref(changes) }}, {{ ref('int_build_scope') }}
{% endmacro %}


{# dbt finds the strategy by the name of this macro. #}
{% macro get_incremental_replace_changed_sql(arguments) %}
    {%- set target_columns = arguments.dest_columns | map(attribute='quoted') | join(', ') -%}
    {%- set keys = config.get('meta').replaced_by -%}

    {% if scope_is_complete() %}
        delete from {{ arguments.target_relation }};
    {% else %}
        delete from {{ arguments.target_relation }} as stale
        using (select distinct {{ keys | join(', ') }} from {{ ref(config.get('meta').changes) }}) as changed
        where
            {%- for key in keys %}
            {{ same_key('stale', 'changed', key) }} {{ 'and' if not loop.last }}
            {%- endfor %};
    {% endif %}

    insert into {{ arguments.target_relation }} ({{ target_columns }})
    select {{ target_columns }} from {{ arguments.temp_relation }}
{% endmacro %}


{# Plain equality for columns that are never NULL, with which the engine can skip blocks without a matching key. #}
{% macro same_key(one, other, key) -%}
    {% set may_be_unknown = key in ('marketplace_id', 'store_id', 'slot_end_at') -%}
    {{ one }}.{{ key }} {{ 'is not distinct from' if may_be_unknown else '=' }} {{ other }}.{{ key }}
{%- endmacro %}


{% macro scope_is_complete() %}
    {% if execute %}
        {{ return(run_query('select is_complete from ' ~ ref('int_build_scope')).columns[0].values()[0]) }}
    {% endif %}
{% endmacro %}


{# Fails if a table would be rebuilt from a scope of changes only, because it would lack all other rows. #}
{% macro refuse_partial_rebuild() %}
    {% if execute and not is_incremental() and not scope_is_complete() %}
        {{ exceptions.raise_compiler_error(
            this ~ ' cannot be made anew by itself: it is computed from what changed. '
            ~ 'Run `dbt build --full-refresh` without a selection.'
        ) }}
    {% endif %}
{% endmacro %}
