with members as (

    select * from {{ ref('ref_ingredient_family_members') }}

),

final as (

    select
        ingredient_id,
        family_id
    from members

)

select * from final
