{#
    Tests the grain of a table: no two rows have the same values in these columns. With `changes`, a model, it tests
    only rows that have the same values in the columns `by` as a row of that model; earlier builds have tested the
    others.
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
