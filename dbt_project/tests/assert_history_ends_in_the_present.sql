-- Every job has exactly one current status, which is that of the job. Tests only changed jobs.
select
    jobs.account,
    jobs.service_job_id
from {{ ref('fct_service_jobs') }} as jobs
inner join {{ ref('int_changed_jobs') }} as changed
    on jobs.account = changed.account and jobs.service_job_id = changed.service_job_id
left join {{ ref('fct_job_status_history') }} as history
    on jobs.account = history.account and jobs.service_job_id = history.service_job_id and history.is_current
group by jobs.account, jobs.service_job_id
having count(history.account) != 1 or max(history.job_status) is distinct from max(jobs.job_status)
