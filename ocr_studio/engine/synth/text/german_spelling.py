"""German spelling of lowercase word lists: which words are capitalized, and which have “ß”.

Word frequency lists are lowercase, but German nouns are capitalized. Nouns are recognized by their endings, by a list
of usual ones and by compounds of these; other words by having the forms of a verb or an adjective. Undecided words are
left out (Duden, Die Grammatik, on the endings).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Final

from ocr_studio.engine.synth.text.phrases import split_words

_NOUN_ENDS: Final = re.compile(
    r".{3,}(ung|heit|keit|schaft|ion|ität|nis|ling|eur)(en|e|s|n|sen|se)?$|.{3,}(ismus|ment|ments|mente|tum|tums|innen)$"
)
_OTHER_ENDS: Final = re.compile(
    r".{2,}(lich|isch|bar|los|sam|haft|voll|mässig|artig|fähig|end|iert)(e|en|er|es|em|ere|eren|erer|ste|sten|ster)?$"
    r"|.{2,}(ieren|weise|wärts)$"
)
_PARTS: Final = split_words(
    "ab an auf aus bei durch ein fort frei her hin los mit nach statt teil um vor weg weiter wieder zu zurück zusammen"
)
_CONJUGATED: Final = ("e", "t", "et", "st", "est", "te", "ten", "ete", "eten", "end", "ende", "enden")
_DECLINED: Final = ("", "e", "en", "er", "es", "em", "ere", "eren", "erer", "ste", "sten", "ster")
# Uninflected words, and irregular verbs.
_SMALL: Final = frozenset(
    split_words("""
        die der und das ich ist nicht den von es auf für im sie sich auch dem des als er dass so wie aber hat
    sind noch wir
    du war nur wenn oder wird was werden am man zum kann über da dann schon ja mehr mir mal zur hier mich bis doch immer
    jetzt wurde sehr muss uns bin unter vom gibt hatte gegen also geht denn damit dir will ohne weil beim etwas soll
    selbst wo dich heute nichts nun würde wer ihm ob ihn wäre wurden dabei dort gerade sondern warum ihnen wohl dazu
    euch bitte hätte sei sowie dafür ins bereits nie wegen einmal genau gar denen jedoch davon fast nein sogar zwar oft
    darauf jemand später gerne neben deren vier drei zwei fünf sechs sieben acht neun zehn zwölf morgen sonst bekommen
    je deshalb eben findet leider bleiben daher kaum daran halt genug allein dessen anders ebenfalls eher hinter bald
    lieber nachdem sofort bringen danach gefunden hoch oben bekannt bisher mehrere scheint zunächst früher bevor
    obwohl wann wieso insgesamt nimmt trotzdem gestern irgendwie dagegen ebenso hält spricht links rechts neu gut alt
    lang kurz schnell langsam klar fertig offen frei rot blau grün gelb hell dunkel klein jung warm kalt leicht schwer
    richtig falsch wichtig dringend einfach schwierig teuer billig voll leer sicher fest weit nah spät früh ein eine
    einen einem einer eines kein keine keinen mein meine dein sein seine ihr ihre unser unsere jeder jede jedes diese
    dieser dieses alle alles viel viele wenig beide welche welcher solche aus bei mit nach seit zu vor an in um durch
    vehement
    bleibt kommt steht liegt sieht weiß lässt finden helfen sprechen treffen nehmen ziehen beginnt gilt besteht trägt
    """)
)
_NOUNS: Final = frozenset(
    split_words("""
    menschen mensch tag tage zeit zeiten jahr jahre jahren uhr frau frauen mann männer stadt städte welt leute kinder
    kind geld teil teile land länder haus häuser bild bilder platz plätze familie familien namen name problem probleme
    grund gründe stunde stunden minute minuten sekunde nacht thema themen beispiel beispiele abend musik wasser ort orte
    auto autos hand hände kopf köpfe anfang gruppe gruppen strasse strassen eltern augen auge woche wochen mutter vater
    glück hilfe herr herren politik sache sachen film filme internet person personen team teams buch bücher ding prozent
    wort worte wörter spass zukunft form formen idee ideen ziel ziele angst erfolg klasse klassen preis preise kirche
    blick partei mitte video freund freunde raum räume system systeme einsatz rahmen stück stücke höhe job jobs sommer
    winter herbst frühling tochter sohn zahl zahlen kunst mitarbeiter sprache sprachen weise chance chancen fehler menge
    meter spieler gefühl medien saison antwort antworten bahn gesicht monat monate monaten vergleich gemeinde herz sinn
    daten foto fotos interesse kultur luft reihe reihen boden bruder kritik opfer firma firmen kreis körper mitglied
    mitglieder nachricht nachrichten punkt punkte verein vereine beginn freundin markt märkte politiker regel regeln
    staat schüler text texte bürger kampf kraft kräfte projekt projekte präsident sport zimmer druck schritt schritte
    kunde kunden angebot angebote gefahr natur schuld aufgabe aufgaben chef lehrer lehrerin runde schluss serie bank
    beitrag beiträge gebäude gesetz hotel nummer sieg start tür türen besuch rest werk werke begriff bericht berichte
    fenster zeichen auswahl plan pläne versuch vertrag verträge zusammenhang angaben arzt ärzte grenze hund sicht
    zeitpunkt anzahl bau grösse hintergrund lust sonne tier tiere volk handy kaffee tee kontakt kontakte mittel schloss
    schutz studium unterschied urlaub kollege kollegen quelle quellen studie technik amt betrieb einfluss gebiet gericht
    himmel jugend patienten teilnehmer energie fuss kilometer trainer wald abschluss basis gespräch gespräche müller
    tor anteil kontrolle soldaten zustand inhalt inhalte künstler literatur prozess netz insel geburtstag gegensatz
    autor eindruck feuer halle kamera praxis szene telefon wetter album flughafen mund verlag osten westen norden süden
    verkehr anschluss anspruch auftrag aufträge ausland dorf konzept professor rat spiegel spitze test tests tour weg
    wege wunsch wünsche büro farbe farben garten gegner gäste heimat lied meer park theater traum bus finale leiter
        brief briefe modell modelle museum produkt produkte material urteil vertreter angriff grundlage strom unfall
    geschäft wind
    zentrum fahrer hof bahnhof bedarf ecke küche schiff beruf computer finger geist roman stein zweifel bund ebene
    institut kurs kurse lager handel hinweis hinweise gegend holz risiko ball stil tatsache vorteil vorteile nachteil
    wein zuschauer zweck bestand besucher feld felder gewinn pause prinzip umwelt abstand antrag anträge baum bäume berg
    bühne haare respekt aufnahme auftritt behörde brücke glas nachbarn termin termine tipp tipps umgang verkauf gang
    gerät geräte witz zugang gast gegenteil papier kategorie nutzer titel verlauf wechsel ansicht aufbau dach dauer
    hersteller niveau philosophie software hardware unterricht vorschlag vorschläge widerstand zentrale adresse ausnahme
    fläche hauptstadt medizin nachmittag vormittag mittag pflicht temperatur wettbewerb details besitz fahrzeug
        fahrzeuge figur formel maschine maschinen phase phasen teilnahme treffen tisch tische stuhl stühle lampe tafel
    stift stifte
    heft kasse rechnung bestand summe umsatz kosten ausgabe ausgaben eingang ausgang woche tabelle liste listen ordner
    datei dateien server knoten liste schlange stapel baum graph kante wurzel blatt wert werte schlüssel schleife klasse
    montag dienstag mittwoch donnerstag freitag samstag sonntag januar februar märz april mai juni juli august september
    oktober november dezember arbeit arbeiten frage fragen liebe leben spiel spiele reise ende schule schulen seite
        fleisch barrieren denkweise wochenende wochenendes seiten unternehmen artikel geschichte polizei programm
    programme mädchen junge art
    """)
)
# The lists have “ss” for “ß”, as in Switzerland.
_SHARP: Final = re.compile(
    r"(?<=gr[oö])ss|(?<=stra)ss(?=e)|(?<=hei)ss|(?<=wei)(?<!bewei)ss|(?<=drei)ss(?=ig)|(?<=^fu)ss|(?<=^spa)ss|(?<=lie)ss"
    r"|(?<=grü)ss|(?<=sü)ss|(?<=au)ss(?=er|en(?!d))|(?<=äu)ss(?=er)|(?<=mä)ss(?=ig)|(?<=ma)ss(?=lich|los|geb|nahm|stab)"
    r"|(?<=rei)(?<!krei)(?<!prei)ss|(?<=^preu)ss|(?<=sto)ss"
)


def restore_spelling(shares: Mapping[str, float]) -> dict[str, float]:
    """Return the words in German spelling with their shares; undecided words are left out."""
    verbs = frozenset(_verbs(shares))
    adjectives = frozenset(_adjectives(shares))
    found: dict[str, float] = {}
    for word, share in shares.items():
        plain = word in _SMALL or word in adjectives
        if word in _NOUNS or (not plain and (_NOUN_ENDS.match(word) or _composed(word, verbs))):
            own = restore_sharp_s(word)
            found[own[:1].upper() + own[1:]] = share
        elif plain or word in verbs or _OTHER_ENDS.match(word):
            found[restore_sharp_s(word)] = share
    return found


def restore_sharp_s(word: str) -> str:
    """Return a lowercase word with “ß” where the lists have “ss” for it."""
    return _SHARP.sub("ß", word)


def _composed(word: str, verbs: Collection[str]) -> bool:
    """Whether it is a compound of another word and a usual noun."""
    return (
        word not in verbs and not _OTHER_ENDS.match(word) and any(word[at:] in _NOUNS for at in range(3, len(word) - 4))
    )


def _verbs(words: Mapping[str, float]) -> Iterator[str]:
    """Return infinitives with at least two other forms in the list, and these forms."""
    for word in words:
        if not word.endswith("en") or len(word) < 5 or word in _NOUNS:
            continue
        stem = word[:-2]
        link = "e" if stem[-1] in "td" else ""
        part = next((part for part in _PARTS if stem.startswith(part) and len(stem) > len(part) + 1), "")
        rest = stem[len(part) :]
        participles = [f"ge{stem}{link}t", f"ge{stem}en", f"{part}ge{rest}{link}t", f"{part}ge{rest}en"]
        forms = [f"{stem}{link}t", f"{stem}{link}te", *participles, f"{part}zu{rest}en" if part else word]
        if len({form for form in forms if form in words} - {word}) < 2:
            continue
        yield word
        yield from (stem + end for end in _CONJUGATED if stem + end in words)
        yield from (form + end for form in forms[2:] for end in _DECLINED[:6] if form + end in words)


def _adjectives(words: Mapping[str, float]) -> Iterator[str]:
    """Return words that occur with all endings of an adjective, and their other forms."""
    for word in words:
        if word.endswith("em") and len(word) > 4:
            stem = word[:-2]
            if sum(stem + end in words for end in ("e", "en", "er", "es")) >= 3:
                yield from (stem + end for end in _DECLINED if stem + end in words)
