{# Events of a channel that the profile does not name would count in no number. #}
select
    profiles.interaction_profile,
    channels.channel
from (
    select distinct interaction_profile
    from {{ ref('interaction_profiles') }}
) as profiles
cross join {{ ref('channels') }} as channels
left join {{ ref('interaction_profiles') }} as interaction_profiles
    on
        profiles.interaction_profile = interaction_profiles.interaction_profile
        and channels.channel = interaction_profiles.channel
group by
    profiles.interaction_profile,
    channels.channel
having count(interaction_profiles.channel) != 1
