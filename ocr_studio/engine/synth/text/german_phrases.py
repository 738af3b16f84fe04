"""German phrases of boards: short phrases, headings, days and months, combined at random."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

import numpy as np

from ocr_studio.engine.synth.text.phrases import choose, split_at_bars, split_words

Random: TypeAlias = np.random.Generator

# By theme, the values of ``contents.Theme``.
HEADINGS: Final[Mapping[str, list[str]]] = MappingProxyType(
    {
        "programs": split_at_bars(
            """
            Aufgabe|Algorithmus|Pseudocode|Skizze|Laufzeit|Code|Eingabe|Ausgabe|Sonderfälle|Tests|Beispiel|Prüfung
            Schritt für Schritt|Datenstrukturen|Ansatz|Schnittstelle|Server|Datenbank|Klassen|Zustand|Fragen|Lösung
            Notizen|Warteschlange|Stapel|Verkettete Liste|Binärbaum|Graph|Hashtabelle|Komplexität
            """
        ),
        "meeting": split_at_bars(
            """
            Tagesordnung|Beschlüsse|Offene Fragen|Nächste Schritte|Teilnehmer|Risiken|Themen|Protokoll|Rückblick
            Was gut lief|Was besser geht|Themenspeicher|Rückmeldung|Ziele|Maßnahmen|Beteiligte|Stand|Hindernisse|Ideen
            """
        ),
        "tasks": split_at_bars(
            "Zu tun|In Arbeit|Erledigt|Heute|Morgen|Diese Woche|Später|Dringend|Einkaufen|Offen|Prüfen|Wartet"
        ),
        "plan": split_at_bars(
            """
            Zeitplan|Meilensteine|Phase 1|Phase 2|Q1|Q2|Q3|Q4|Start|Freigabe|Sprint 14|Termine|Fristen|KW 12|KW 13
            Umfang|Plan B|Abhängigkeiten|Mittel|Team|Fahrplan
            """
        ),
        "maths": split_at_bars(
            """
            Beweis|Satz|Definition|Beispiel|Hilfssatz|Übung 3|Lösung|Gegeben|Gesucht|Hausaufgabe|Grenzwerte|Ableitung
            Matrizen|Wahrscheinlichkeit|Fall 1|Fall 2|Erinnerung|Hinweis|Nebenrechnung
            """
        ),
        "lesson": split_at_bars(
            """
            Wortschatz|Heute lernen wir|Hausaufgabe|Ziele|Aufwärmen|Begriffe|Kapitel 4|Gruppe A|Gruppe B|Regeln|Zelle
            Energie|Geschichte|Ursachen|Folgen|Dafür|Dagegen|Wer?|Warum?|Fragen
            """
        ),
        "money": split_at_bars(
            "Haushalt|Kosten|Einnahmen|Rechnung|Ausgaben|Vorschau|Umsatz|Preise|Summe|Bestellungen|Lager|Angebote|Gewinn"
        ),
    }
)
TITLES: Final = split_at_bars(
    """
    Projektbesprechung|Plan für das Jahr|Ideen für den Sommer|Wochenbesprechung|Was wir gelernt haben
    Unsere nächsten Schritte|Stand der Dinge|Fahrplan bis Herbst|Lernziele der Stunde
    """
)
DAYS: Final = split_at_bars("Mo|Di|Mi|Do|Fr|Montag|Dienstag|Mittwoch|Donnerstag|Freitag|Sa|So")
MONTHS: Final = split_at_bars("Jan.|Feb.|März|April|Mai|Juni|Juli|Aug.|Sept.|Okt.|Nov.|Dez.")
SMALL: Final = split_at_bars("ja|nein|neu|alt|fertig|Warum?|erledigt|offen|wichtig|ca.|max.")
_THINGS: Final = split_at_bars(
    """
    Angebote|Rechnungen|Kunden|Termine|Unterlagen|Preise|Fragen|Ergebnisse|Bestellungen|Tische|Räume|Berichte|Daten
    Fehler|Bilder|Texte|Pläne|Karten|Schlüssel|Verträge|Proben|Muster|Teile|Geräte|Lieferungen|Briefe|Gäste|Listen
    """
)
_HOW: Final = split_at_bars("neue|alte|offene|letzte|kleine|große|dringende|fehlende|weitere|wichtige|andere|erste")
_DO: Final = split_at_bars(
    """
    prüfen|bestellen|ordnen|sammeln|zählen|suchen|vergleichen|kopieren|testen|planen|verschicken|besprechen|ändern
    drucken|abholen|reparieren|bezahlen|aufschreiben|zeichnen|messen|sortieren|löschen|schreiben
    """
)
_NAMES: Final = split_words(
    "Anna Ben David Elena Felix Hugo Ines Jonas Karin Marie Nora Oskar Paula Ruth Simon Tessa Vera Zoe"
)


def random_phrase(rng: Random) -> str:
    """Return two to six words, such as “offene Fragen mit Vera besprechen”."""
    thing, more = choose(_THINGS, rng), choose(_THINGS, rng)
    ways = (
        f"{thing} {choose(_DO, rng)}",
        f"{choose(_HOW, rng)} {thing} {choose(_DO, rng)}",
        f"{choose(_HOW, rng)} {thing} mit {choose(_NAMES, rng)} {choose(_DO, rng)}",
        f"{choose(_NAMES, rng)} und {choose(_NAMES, rng)}: {thing} {choose(_DO, rng)}",
        f"{rng.integers(2, 60)} {thing} für {choose(_HOW, rng)} {more}",
        f"{thing} und {more} {choose(_DO, rng)}",
    )
    return choose(ways, rng)
