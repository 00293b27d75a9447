"""What the event corpora of GENIA (2011 and 2013) share: the proteins, the roles, and how their events are written.

event("Phosphorylation", "磷酸化", "phosphorylation", "a phosphate is added to a protein", "Theme Site")
"""

from uiebench.corpora.event_labels import event_labels
from uiebench.types import Label

REGULATION = "Theme Cause Site CSite"
ROLES = (
    Label("Theme", "对象", "theme", description="what the event happens to, or what is regulated"),
    Label("Cause", "原因", "cause", description="the protein or event that brings the event about"),
    Label("Site", "位点", "site", description="the part of the theme that is involved, such as a domain or residue"),
    Label("CSite", "原因的位点", "site of the cause", description="the part of the cause that is involved"),
    Label("AtLoc", "所在位置", "location", description="the part of a cell or the cells where the protein is"),
    Label("ToLoc", "目标位置", "destination", description="where the protein is moved to"),
)
PROTEIN = Label(
    "Protein", "基因或蛋白质", "gene or protein", description="a single gene or its product; no family and no complex"
)
event = event_labels(ROLES)
