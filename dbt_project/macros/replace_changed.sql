{#
    How tables follow change. Every build works on a *scope*: the jobs, hours, days and slots that the models of
    `models/intermediate/changes` list. An incremental model computes the rows of the scope and nothing else; this
    strategy takes the old rows of the scope out and puts the new ones in, in one transaction. A build that was killed
    is repaired by the next: until a build has come to its end, the scope keeps what the last one had (build_state.sql).
#}

{# The first line of an incremental model: `by` are the columns that `changes`, a model, shares with it. #}
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


{# dbt finds a strategy by its macro's name. #}
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


{# Equality, where both sides are always known: the engine can then skip what no key falls into. #}
{% macro same_key(one, other, key) -%}
    {% set may_be_unknown = key in ('marketplace_id', 'store_id', 'slot_end_at') -%}
    {{ one }}.{{ key }} {{ 'is not distinct from' if may_be_unknown else '=' }} {{ other }}.{{ key }}
{%- endmacro %}


{% macro scope_is_complete() %}
    {% if execute %}
        {{ return(run_query('select is_complete from ' ~ ref('int_build_scope')).columns[0].values()[0]) }}
    {% endif %}
{% endmacro %}


{# A table that is made anew from a scope that holds only changes would silently miss the rest. #}
{% macro refuse_partial_rebuild() %}
    {% if execute and not is_incremental() and not scope_is_complete() %}
        {{ exceptions.raise_compiler_error(
            this ~ ' cannot be made anew by itself: it is computed from what changed. '
            ~ 'Run `dbt build --full-refresh` without a selection.'
        ) }}
    {% endif %}
{% endmacro %}
