"""What fees are called in English and Spanish, without an article, as on statements and in messages."""

FEE_NAMES: dict[str, dict[str, str]] = {
    "late": {"en": "late fee", "es": "cargo por pago tardío"},
    "delinquent_processing": {"en": "delinquent processing charge", "es": "cargo por cuenta morosa"},
    "tag": {"en": "notice fee", "es": "cargo por aviso"},
    "reconnection": {"en": "reconnection fee", "es": "cargo por reconexión"},
    "returned_payment": {"en": "returned payment fee", "es": "cargo por pago devuelto"},
}
OTHER = {"en": "other fees", "es": "otros cargos"}


def fee_name(code: str | None, language: str) -> str:
    """The name of a fee; of one that has none, "other fees"."""
    return FEE_NAMES.get(code or "", OTHER)[language]
