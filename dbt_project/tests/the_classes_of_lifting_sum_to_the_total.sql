select *
from {{ ref('fct_person_weeks') }}
where
    lifting_interactions != lifting_own_manager
    + lifting_skip_level
    + lifting_other_upline
    + lifting_senior_unknown_team
    + lifting_senior_peer
    + lifting_cross_team_senior
    or lifting_beyond_manager != lifting_interactions - lifting_own_manager
    or lifting_initiated > lifting_interactions
    or lifting_contacts > lifting_interactions
    or lifting_contacts > collaborators
