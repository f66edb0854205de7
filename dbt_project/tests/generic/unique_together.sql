{#
    The grain of a table: no two rows share these columns. With `changes`, a model, only rows that share the columns
    `by` with it are looked at: the others were looked at when they were made, and testing costs what changed.
#}
{% test unique_together(model, columns, changes=none, by=none) %}

select {{ columns | join(', ') }}
from {{ model }} as tested
{% if changes %}
where exists (
    select 1 from {{ changes }} as changed
    where
        {%- for key in by %}
        {{ same_key('tested', 'changed', key) }} {{ 'and' if not loop.last }}
        {%- endfor %}
)
{% endif %}
group by {{ columns | join(', ') }}
having count(*) > 1

{% endtest %}
