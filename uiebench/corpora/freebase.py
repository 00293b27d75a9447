"""The relation labels that the corpora of New York Times sentences with Freebase relations share.

    LABELS["/people/person/children"]    →  RelationLabel("/people/person/children", "子女", "child", …)

NYT has all of them, NYT11-HRL some.
"""

from uiebench.types import RelationLabel

RELATIONS = (
    RelationLabel(
        "/location/location/contains", "包含地点", "contained location", description="the tail lies in the head"
    ),
    RelationLabel("/location/country/capital", "首都", "capital", description="the tail is the capital of the country"),
    RelationLabel(
        "/location/country/administrative_divisions",
        "行政区",
        "administrative division",
        description="the tail is a province, state or region of the country",
    ),
    RelationLabel(
        "/location/administrative_division/country",
        "所属国家",
        "country",
        description="the tail is the country to which the administrative division belongs",
    ),
    RelationLabel(
        "/location/neighborhood/neighborhood_of",
        "街区所在地",
        "location of neighborhood",
        description="the tail is the city or borough of which the head is a neighborhood",
    ),
    RelationLabel("/people/person/nationality", "国籍", "nationality", description="the tail is the person's country"),
    RelationLabel(
        "/people/person/place_lived",
        "居住地",
        "place of residence",
        description="the person lives or lived in the tail",
    ),
    RelationLabel(
        "/people/person/place_of_birth", "出生地", "place of birth", description="the person was born in the tail"
    ),
    RelationLabel(
        "/people/deceased_person/place_of_death",
        "死亡地点",
        "place of death",
        description="the person died in the tail",
    ),
    RelationLabel("/people/person/children", "子女", "child", description="the tail is a child of the person"),
    RelationLabel("/people/person/ethnicity", "民族", "ethnicity", description="the tail is the person's ethnic group"),
    RelationLabel("/people/person/profession", "职业", "occupation", description="the tail is the person's occupation"),
    RelationLabel("/people/person/religion", "宗教", "religion", description="the tail is the person's religion"),
    RelationLabel(
        "/people/ethnicity/people",
        "民族成员",
        "member of ethnic group",
        description="the tail is a person of the ethnic group",
    ),
    RelationLabel(
        "/people/ethnicity/geographic_distribution",
        "民族分布地",
        "area of ethnic group",
        description="the ethnic group lives in the tail",
    ),
    RelationLabel(
        "/business/person/company",
        "任职机构",
        "employer",
        description="the tail is the company or body that the person works for or leads",
    ),
    RelationLabel("/business/company/founders", "创始人", "founder", description="the tail founded the company"),
    RelationLabel("/business/company/advisors", "顾问", "advisor", description="the tail advises the company"),
    RelationLabel(
        "/business/company/industry", "行业", "industry", description="the tail is the company's line of business"
    ),
    RelationLabel(
        "/business/company/place_founded",
        "成立地点",
        "founding location",
        description="the company was founded in the tail",
    ),
    RelationLabel(
        "/business/company/major_shareholders",
        "主要股东",
        "major shareholder",
        "shareholder",
        description="the tail holds a large part of the company",
    ),
    RelationLabel(
        "/business/company_shareholder/major_shareholder_of",
        "持股",
        "shareholding",
        description="the head holds a large part of the company in the tail",
    ),
    RelationLabel(
        "/sports/sports_team/location", "球队所在地", "location of team", description="the team is at home in the tail"
    ),
    RelationLabel(
        "/sports/sports_team_location/teams", "当地球队", "local team", description="the tail is a team of the place"
    ),
)
