-- Which technicians are slipping: less often on time in the last four weeks than in the twelve weeks before?
with newest as (

    select max(service_date) as newest_date
    from {{ ref('agg_technician_daily') }}
    where scored > 0

),

compared as (

    select
        daily.account,
        daily.technician_id,
        sum(daily.on_time) filter (where daily.service_date > newest.newest_date - 28) as recent_on_time,
        sum(daily.scored) filter (where daily.service_date > newest.newest_date - 28) as recent_scored,
        sum(daily.on_time) filter (where daily.service_date <= newest.newest_date - 28) as earlier_on_time,
        sum(daily.scored) filter (where daily.service_date <= newest.newest_date - 28) as earlier_scored
    from {{ ref('agg_technician_daily') }} as daily
    cross join newest
    where daily.service_date > newest.newest_date - 112
    group by daily.account, daily.technician_id

)

select
    technicians.technician_name,
    compared.technician_id,
    compared.recent_scored,
    {{ rate('compared.recent_on_time', 'compared.recent_scored') }} as recent_on_time_rate,
    {{ rate('compared.earlier_on_time', 'compared.earlier_scored') }} as earlier_on_time_rate,
    recent_on_time_rate - earlier_on_time_rate as change_of_rate
from compared
inner join {{ ref('dim_technician') }} as technicians
    on compared.account = technicians.account and compared.technician_id = technicians.technician_id
where change_of_rate < 0
order by change_of_rate asc
limit 20
