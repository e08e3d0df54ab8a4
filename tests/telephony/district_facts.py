"""The district's public facts, as the backend tells them."""

from typing import Any

DISTRICT: dict[str, Any] = {
    "name": "Rio Seco Water District",
    "phone": "+19515550100",
    "emergency_phone": "+19515550111",
    "website": "https://www.rioseco.example",
    "open_now": True,
    "opens_at": "2026-11-24T07:30:00-08:00",
    "closes_at": "2026-11-23T17:30:00-08:00",
    "hours": [
        {"days": ["monday", "tuesday", "wednesday", "thursday"], "opens": "07:30", "closes": "17:30"},
        {"days": ["friday"], "opens": "07:30", "closes": "16:30", "every_other_week": True},
    ],
    "next_closures": [{"date": "2026-11-26", "name": {"en": "Thanksgiving", "es": "Día de Acción de Gracias"}}],
    "locations": [
        {
            "name": {"en": "Main office", "es": "Oficina principal"},
            "address": "2100 Arroyo Parkway, Rio Seco, CA 92599",
            "hours": {"en": "When the office is open", "es": "Cuando la oficina está abierta"},
        }
    ],
    "departments": [
        {
            "id": "customer_service",
            "name": {"en": "Customer service", "es": "Servicio al cliente"},
            "phone": "+19515550101",
            "open_now": True,
        }
    ],
}
