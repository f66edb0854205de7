{#
    The state of the last complete build, in small tables of the schema `intermediate`. They are written when a
    build has succeeded. A build that failed or was killed leaves them unchanged, and the next one finds its changes
    again.

    The variable `definition` is a hash of the definitions of the models (include/warehouse/building/definitions.py). A
    build without it, such as one by hand, rebuilds everything, and so does the build after it.
#}

{% macro create_build_state() %}
    {% set intermediate = target.database ~ '.intermediate' %}
    create schema if not exists {{ intermediate }};
    create table if not exists {{ intermediate }}.built_loads (load_id varchar, row_count bigint);
    create table if not exists {{ intermediate }}.built_clocks (
        account varchar, marketplace_id varchar, as_of timestamp with time zone
    );
    create table if not exists {{ intermediate }}.built_stores (
        account varchar, marketplace_id varchar, store_id varchar, time_zone varchar
    );
    create table if not exists {{ intermediate }}.built_ranges (
        account varchar, marketplace_id varchar, range_start timestamp with time zone, range_end timestamp with time zone
    );
    create table if not exists {{ intermediate }}.built_settings (fingerprint varchar);
    {% if flags.WHICH in ('build', 'run') and (flags.FULL_REFRESH or marts_are_lost() or not var('definition', '')) %}
        delete from {{ intermediate }}.built_settings;
    {% endif %}
{% endmacro %}


{# Whether the file of the marts was removed. #}
{% macro marts_are_lost() %}
    {% if execute %}
        {% set found = run_query("select count(*) from duckdb_tables() where database_name = 'built_marts'") %}
        {{ return(found.columns[0].values()[0] == 0) }}
    {% endif %}
{% endmacro %}


{#
    Stores the clocks of this build. They are kept until a build succeeds, because outcomes between them may have
    changed.
#}
{% macro remember_clocks() %}
    insert into {{ source('build_state', 'built_clocks') }}
    select account, marketplace_id, as_of from {{ this }}
    union all
    select account, marketplace_id, cast('-infinity' as timestamp with time zone) from {{ this }}
    where (account, marketplace_id) not in (
        select (account, marketplace_id) from {{ source('build_state', 'built_clocks') }}
    )
{% endmacro %}


{# Stores the time zones of this build, which are kept until a build succeeds, as its clocks are. #}
{% macro remember_stores() %}
    insert into {{ source('build_state', 'built_stores') }}
    select account, marketplace_id, store_id, time_zone from {{ this }}
    except
    select account, marketplace_id, store_id, time_zone from {{ source('build_state', 'built_stores') }}
{% endmacro %}


{#
    Stores the state after `dbt build` or `dbt run` of all models without a failure; any other run leaves it unchanged.
#}
{% macro remember_build(results) %}
    {% if execute and flags.WHICH in ('build', 'run') %}
        {% set unwell = results | selectattr('status', 'in', ['error', 'fail', 'skipped', 'runtime error', 'partial success']) | list %}
        {% set built = results | map(attribute='node.unique_id') | list %}
        {% set models = project_models() | map(attribute='unique_id') | reject('in', built) | list %}
        {% if not unwell and not models %}
            {% set intermediate = target.database ~ '.intermediate' %}
            begin transaction;
            delete from {{ intermediate }}.built_loads
            where load_id in (select load_id from {{ intermediate }}.int_changed_loads);
            insert into {{ intermediate }}.built_loads
            select load_id, row_count from {{ intermediate }}.int_changed_loads;
            delete from {{ intermediate }}.built_clocks;
            insert into {{ intermediate }}.built_clocks
            select account, marketplace_id, as_of from {{ intermediate }}.int_as_of;
            delete from {{ intermediate }}.built_stores;
            insert into {{ intermediate }}.built_stores
            select account, marketplace_id, store_id, time_zone from {{ intermediate }}.int_stores;
            delete from {{ intermediate }}.built_ranges;
            insert into {{ intermediate }}.built_ranges
            select account, marketplace_id, range_start, range_end from {{ intermediate }}.int_covered_ranges;
            delete from {{ intermediate }}.built_settings;
            {% if var('definition', '') %}
                insert into {{ intermediate }}.built_settings values ('{{ var('definition') }}');
            {% endif %}
            commit;
            {{ drop_what_no_model_makes() }}
        {% endif %}
    {% endif %}
{% endmacro %}


{# The models of the project that have a relation. #}
{% macro project_models() %}
    {% set models = graph.nodes.values()
        | selectattr('resource_type', 'equalto', 'model')
        | selectattr('package_name', 'equalto', project_name)
        | rejectattr('config.materialized', 'equalto', 'ephemeral') | list %}
    {{ return(models) }}
{% endmacro %}


{#
    Drops relations of earlier versions of the project that no model or seed creates any more. They would be published.
#}
{% macro drop_what_no_model_makes() %}
    {% set known, schemas = [], [] %}
    {% for node in graph.nodes.values() if node.resource_type in ('model', 'seed') %}
        {% do known.append("'" ~ [node.database, node.schema, node.alias] | join('.') ~ "'") %}
        {% do schemas.append("'" ~ node.database ~ '.' ~ node.schema ~ "'") %}
    {% endfor %}
    {% for node in graph.sources.values() %}
        {% do known.append("'" ~ [node.database, node.schema, node.identifier] | join('.') ~ "'") %}
    {% endfor %}
    {% set leftovers %}
        with relations as (
            select database_name || '.' || schema_name as place, table_name as name, 'table' as kind from duckdb_tables()
            union all
            select database_name || '.' || schema_name, view_name, 'view' from duckdb_views()
        )
        select kind, place, name from relations
        where place in ({{ schemas | unique | join(', ') }}) and place || '.' || name not in ({{ known | join(', ') }})
    {% endset %}
    {% for leftover in run_query(leftovers).rows %}
        drop {{ leftover['kind'] }} {{ leftover['place'] }}."{{ leftover['name'] }}";
    {% endfor %}
{% endmacro %}
