"""Given and family names of the cultures that meet in a US school district; a `|` stands between names of two words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class Custom(Enum):
    """How a family passes its name on."""

    ONE_NAME = auto()
    """Everyone has the father's family name."""
    MOTHER_KEEPS_HERS = auto()
    """The children have the father's, the mother keeps her own."""
    TWO_SURNAMES = auto()
    """The first of the father's and the first of the mother's (Spanish)."""
    FATHERS_GIVEN_NAMES = auto()
    """Given name, father's, grandfather's; no family name (Somali)."""


@dataclass(frozen=True, slots=True)
class Culture:
    """A stock of names, and how many families of a hundred draw from it."""

    share: int
    custom: Custom
    girls: tuple[str, ...]
    boys: tuple[str, ...]
    families: tuple[str, ...]
    middle_girls: tuple[str, ...] = ()
    middle_boys: tuple[str, ...] = ()
    # How often a child has a middle name, and how often a name for everyday from `everyday`.
    with_middle: float = 0.0
    everyday: tuple[str, ...] = ()


def of(text: str) -> tuple[str, ...]:
    """Split names at spaces, or at `|` where one holds a space."""
    return tuple(name.strip() for name in (text.split("|") if "|" in text else text.split()))


ENGLISH = Culture(
    share=44,
    custom=Custom.ONE_NAME,
    girls=of(
        "Olivia Emma Charlotte Amelia Ava Harper Evelyn Abigail Ella Scarlett Grace Lily Chloe Nora Hazel Zoë Stella "
        "Violet Aaliyah Ja'Nae Nevaeh Destiny Imani Kennedy Addison Madison Brooklyn Savannah Paisley Skylar Ruby "
        "Alice Josephine Eleanor Margaret Katherine Elizabeth Siobhán Caoimhe D'Asia Mary-Kate "
        "Annabelle Rebecca Hannah Naomi"
    ),
    boys=of(
        "Liam Noah Oliver James Elijah William Henry Lucas Benjamin Theodore Jack Levi Alexander Jackson Mason Ethan "
        "Jacob Logan Samuel Joseph Owen Wyatt Caleb Isaiah Josiah Jayden De'Andre Malik Tyrell DeShawn Xavier Carter "
        "Hudson Nathaniel Thomas Charles Christopher Daniel Matthew Michael Robert Zachary Seán Finnegan Jean-Luc"
    ),
    families=of(
        "Smith Johnson Williams Brown Jones Davis Miller Wilson Anderson Taylor Thomas Moore Jackson Martin Thompson "
        "White Harris Clark Lewis Robinson Walker Young Allen King Wright Scott Hill Green Adams Baker Nelson Carter "
        "Mitchell Roberts Turner Phillips Campbell Parker Evans Edwards Collins Stewart Morris Murphy Cook Rogers Reed "
        "Bailey Bell Cooper Richardson Cox Howard Ward Brooks Gray James Bennett Wood Hughes Price Myers Foster "
        "Sanders Ross Powell Sullivan O'Brien O'Connor O'Sullivan McAllister MacDonald McCarthy "
        "D'Angelo Fitzgerald Washington Jefferson Freeman Booker Gaines Schmidt Müller Weiß Johansson Lindström Begay "
        "Yazzie Tsosie Kealoha"
    ),
    middle_girls=of("Ann Marie Grace Rose Elizabeth Jane Lynn Mae Faith Hope Louise Nicole Renée Claire Joy Michelle"),
    middle_boys=of("James Lee Michael Thomas Allen Ray Edward Joseph Scott Alan David Patrick Paul Wayne Cole Anthony"),
    with_middle=0.7,
)
SPANISH = Culture(
    share=24,
    custom=Custom.TWO_SURNAMES,
    girls=of(
        "Sofía|Valentina|Camila|Isabella|Ximena|Guadalupe|María José|Daniela|Lucía|Mariana|Renata|Ana Paula|Fernanda|"
        "Itzel|Yaretzi|Alejandra|Victoria|Regina|Natalia|Abril|Luz María|Esperanza|Paloma|Inés|Begoña|Marisol"
    ),
    boys=of(
        "Mateo|Santiago|Sebastián|Emiliano|Diego|Ángel|José Luis|Juan Carlos|Leonardo|Joaquín|Andrés|Adrián|Iker|"
        "Miguel Ángel|Alejandro|Jesús|Raúl|Tomás|Nicolás|Rodrigo|Gael|Xavi|Luis Fernando|Óscar|Iván|Héctor"
    ),
    families=of(
        "García|Hernández|Martínez|López|González|Pérez|Rodríguez|Sánchez|Ramírez|Torres|Flores|Rivera|Gómez|Díaz|Reyes|"
        "Morales|Cruz|Ortiz|Gutiérrez|Chávez|Ramos|Ruiz|Mendoza|Álvarez|Castillo|Jiménez|Vásquez|Romero|Núñez|Peña|"
        "de la Cruz|del Río|de León|Ibáñez|Muñoz|Zúñiga|Ávila|Cárdenas|Xicoténcatl|Yáñez|Quiñones|Maldonado"
    ),
)
VIETNAMESE = Culture(
    share=4,
    custom=Custom.MOTHER_KEEPS_HERS,
    girls=of("Linh Mai Ngọc Thảo Vy Trâm Quỳnh Hương Lan Phương Như Ánh Uyên Yến Châu"),
    boys=of("Minh Huy Khang Bảo Long Khôi Tuấn Đức Phúc Quân Thịnh Nam An Hiếu Việt"),
    families=of("Nguyễn Nguyễn Nguyễn Trần Trần Lê Phạm Huỳnh Hoàng Phan Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý"),
    middle_girls=of("Thị|Ngọc|Thu|Thị Mỹ|Khánh|Bảo|Thanh"),
    middle_boys=of("Văn|Minh|Quốc|Gia|Đức|Hữu|Anh"),
    with_middle=0.9,
    everyday=of("Lily Tina Amy Kevin Tommy Andy"),
)
CHINESE = Culture(
    share=4,
    custom=Custom.MOTHER_KEEPS_HERS,
    girls=of("Xinyi|Yutong|Zihan|Meiling|Jia Yi|Shu-Fen|Lihua|Xiaoyu|Ruoxi|Qing|Yi-Ting|Ke Xin"),
    boys=of("Haoyu|Zihao|Yichen|Wei|Jun Jie|Ming-Hao|Zixuan|Bowen|Jiahao|Tian|Yu-Hsuan|Cheng"),
    families=of("Wang Li Zhang Liu Chen Chen Yang Huang Zhao Wu Zhou Xu Sun Ma Lin Lin Ng Chan Wong Lü Ouyang Hsieh"),
    everyday=of("Jenny Grace Emily Kevin Jason Eric Vivian Leo Cindy Ryan"),
)
ARABIC = Culture(
    share=4,
    custom=Custom.MOTHER_KEEPS_HERS,
    girls=of("Fatima|Layla|Maryam|Noor|Zainab|Aisha|Salma|Yasmin|Hala|Rania|Nour el-Huda|Amal"),
    boys=of("Omar|Yusuf|Ahmed|Ali|Hassan|Ibrahim|Khalid|Mustafa|Abd al-Rahman|Karim|Tariq|Zaid"),
    families=of("Al-Masri|Haddad|Khoury|Mansour|El-Amin|Abu Zeid|Saleh|Nasser|Al-Jabouri|Hamdan|Farouk|Bin Laith"),
)
HINDI = Culture(
    share=4,
    custom=Custom.ONE_NAME,
    girls=of("Priya|Ananya|Diya|Aadhya|Kavya|Meera|Lakshmi|Riya|Sai Pallavi|Ishani|Tanvi|Neha"),
    boys=of("Aarav|Arjun|Vihaan|Rohan|Krishna|Aditya|Venkata Sai|Dev|Ishaan|Kabir|Manish|Siddharth"),
    families=of("Patel Patel Sharma Singh Gupta Reddy Rao Iyer Kumar Mehta Joshi Nair Krishnamurthy Venkataraghavan"),
)
SOMALI = Culture(
    share=4,
    custom=Custom.FATHERS_GIVEN_NAMES,
    girls=of("Hodan Ayaan Fadumo Ifrah Sagal Hibaaq Ubah Nasteexo Sahra Deeqa Halimo Amina"),
    boys=of("Abdi Warsame Liban Guled Mahad Abdirahman Cabdullahi Jama Bile Hirsi Mohamed Yasin"),
    families=of("Ali Mohamed Hassan Warsame Farah Abdi Nur Osman Jama Hersi Aden Egal"),
)
POLISH = Culture(
    share=3,
    custom=Custom.ONE_NAME,
    girls=of("Zofia Zuzanna Julia Małgorzata Agnieszka Kinga Łucja Oliwia Hanna"),
    boys=of("Jakub Szymon Wojciech Michał Stanisław Kacper Łukasz Paweł Tymoteusz"),
    families=of(
        "Kowalski Wiśniewski Wójcik Kamiński Lewandowski Zieliński Woźniak Szczepański Brzęczyszczykiewicz Dąbrowski"
    ),
    middle_girls=of("Maria Anna Ewa"),
    middle_boys=of("Jan Józef Piotr"),
    with_middle=0.5,
)
HMONG = Culture(
    share=4,
    custom=Custom.MOTHER_KEEPS_HERS,
    girls=of("Mai|Pa Houa|Kao Nou|Nalee|Gao Sheng|Bao|Paj Ntaub|Ka Zoua|Sua|Yer"),
    boys=of("Tou|Kong Meng|Pheng|Chue|Xeng|Nhia|Bee|Tou Ger|Vang Pao|Fue"),
    families=of("Vang Vang Xiong Yang Lee Lor Moua Thao Her Vue Cha Hang Kue Khang Fang Pha"),
    everyday=of("Maya Nancy Tommy Steven"),
)
HAITIAN = Culture(
    share=3,
    custom=Custom.ONE_NAME,
    girls=of("Marie-Ange Widelène Nadège Fabiola Guerline Régine Dieula Roseline Mirlande Chrismène"),
    boys=of("Jean-Robert Wilner Emmanuel Stanley Fritz-Gérald Jimmy Wesly Réginald Dieudonné Pierre-Louis"),
    families=of(
        "Jean-Baptiste Pierre Joseph Charles Louis Désir François Toussaint Beauvoir Saint-Fleur Étienne Dorcélus"
    ),
)
NIGERIAN = Culture(
    share=2,
    custom=Custom.ONE_NAME,
    girls=of("Chiamaka Adaeze Ngozi Folasade Temitope Oluwaseun Amara Ifeoma Kehinde"),
    boys=of("Chinedu Emeka Olumide Tunde Oluwatobiloba Ikenna Babatunde Taiwo Kelechi"),
    families=of("Okafor Adeyemi Eze Balogun Okonkwo Nwosu Adebayo Ogunleye Chukwuemeka Obi"),
)
CULTURES = (
    ENGLISH, SPANISH, VIETNAMESE, CHINESE, ARABIC, HINDI, SOMALI, POLISH, HMONG, HAITIAN, NIGERIAN,
)  # fmt: skip

# What a child is called every day.
NICKNAMES = {
    "Alexander": "Alex", "Alejandro": "Álex", "Alejandra": "Ale", "Abdirahman": "Abdi", "Benjamin": "Ben",
    "Charles": "Charlie", "Christopher": "Topher", "Daniel": "Danny", "Daniela": "Dani", "Eleanor": "Ellie",
    "Elizabeth": "Lizzie", "Emmanuel": "Manny", "Fernanda": "Fer", "Finnegan": "Finn", "Francesca": "Frankie",
    "Guadalupe": "Lupita", "Isabella": "Bella", "Jacob": "Jake", "James": "Jamie", "Jesús": "Chuy", "Joaquín": "Quino",
    "José Luis": "Pepe", "Josephine": "Josie", "Joseph": "Joey", "Katherine": "Kate", "Leonardo": "Leo",
    "Małgorzata": "Gosia",
    "Margaret": "Maggie", "Matthew": "Matt", "Michael": "Mike", "Nathaniel": "Nate", "Oluwatobiloba": "Tobi",
    "Robert": "Bobby", "Samuel": "Sam", "Santiago": "Santi", "Stanisław": "Staś", "Theodore": "Teddy", "Thomas": "Tom",
    "Valentina": "Vale", "Victoria": "Vicky", "William": "Will", "Zachary": "Zach",
}  # fmt: skip
