"""Names and streets of the fictional Rio Seco, in English and Spanish as in Southern California."""


def _listed(text: str, separator: str = " ") -> list[str]:
    return text.split(separator)


ENGLISH_FIRST = _listed(
    "James Mary Robert Patricia Michael Linda David Barbara William Susan Richard Karen Joseph Nancy Thomas Lisa"
    " Charles Sandra Daniel Ashley Matthew Emily Anthony Donna Mark Michelle Steven Carol Andrew Amanda Kenneth"
    " Melissa Joshua Deborah Kevin Stephanie Brian Rebecca George Laura Timothy Sharon Ronald Cynthia Jason Kathleen"
    " Edward Amy Jeffrey Angela Ryan Shirley Jacob Brenda Gary Pamela Nicholas Emma Eric Nicole Jonathan Helen"
)
SPANISH_FIRST = _listed(
    "José María Juan Guadalupe Luis Rosa Carlos Ana Jesús Carmen Miguel Leticia Francisco Silvia Jorge Patricia"
    " Manuel Teresa Alejandro Verónica Ricardo Alicia Fernando Yolanda Roberto Gabriela Eduardo Claudia Raúl Adriana"
    " Arturo Lupita Sergio Esperanza Javier Maricela Rubén Graciela Héctor Beatriz Óscar Norma Ramón Elena"
)
ENGLISH_LAST = _listed(
    "Smith Johnson Williams Brown Jones Miller Davis Wilson Anderson Taylor Thomas Moore Jackson Martin Lee Thompson"
    " White Harris Clark Lewis Robinson Walker Young Allen King Wright Scott Hill Green Adams Nelson Baker Hall"
    " Campbell Mitchell Carter Roberts Phillips Evans Turner Parker Collins Edwards Stewart Morris Nguyen Murphy Cook"
    " Rogers Morgan Peterson Cooper Reed Bailey Bell Kim Tran Ward Cox Park Patel Chen Santos Cruz"
)
SPANISH_LAST = _listed(
    "García Hernández López Martínez González Rodríguez Pérez Sánchez Ramírez Torres Flores Rivera Gómez Díaz Reyes"
    " Morales Ortiz Gutiérrez Chávez Ramos Ruiz Mendoza Álvarez Castillo Jiménez Vásquez Romero Moreno Herrera Medina"
    " Aguilar Garza Castro Vargas Fernández Guzmán Muñoz Salazar Soto Contreras Delgado Peña Ríos Guerrero Sandoval"
    " Ortega Estrada Núñez Cabrera Maldonado Valdez Luna Ibarra Cervantes Zúñiga Orozco Lozano Velasco"
)
BUSINESSES = (
    "Rio Seco Hardware",
    "Mission Grove Laundry",
    "Panadería La Espiga",
    "Canyon View Dental",
    "Sunrise Car Wash",
    "El Camino Tire",
    "Foothill Veterinary",
    "Palm Court Motel",
    "Taquería Los Arcos",
    "Mesa Garden Center",
    "Valley Fitness",
    "Orchard Plaza",
    "Sage Street Apartments",
    "Iglesia Nueva Vida",
    "Desert Bloom Nursery",
    "Cornerstone Preschool",
)
STREETS = _listed(
    "Mesquite Ln|Palo Verde Ave|Cottonwood St|Manzanita Dr|Sycamore Ct|Alder Ct|Ocotillo Way|"
    "Jacaranda St|Olive Ave|Citrus Ave|Arroyo Rd|Camino Real|Via Montaña|Calle Hermosa|Vista del Lago|"
    "La Paloma Dr|Rancho Viejo Rd|Mission Trl|Foothill Blvd|Orange Grove Ave|Desert Willow Dr|Quail Run|"
    "Coyote Trl|Roadrunner Way|Sagebrush Ln|Chaparral Dr|Pepper Tree Ln|Canyon Crest Dr|Valle Vista Ave|"
    "Sierra Vista St|San Jacinto Ave|Santa Rosa Rd|Avenida Juárez|Eucalyptus Ave|Bougainvillea Ct|"
    "Hacienda Dr|Adobe Rd|Agua Fría Way|Mirador Pl|El Nido Ct",
    "|",
)
CITY, STATE = "Rio Seco", "CA"
ZONES = {"92594": "Valley", "92597": "Mesa", "92598": "Foothill"}
