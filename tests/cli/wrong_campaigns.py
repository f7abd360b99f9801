# ruff: noqa: E501 - one row is one line: what is typed, what is said
"""Tables of what people get wrong in a campaign file, and what they must be told."""

SMALL = """\
slug: clean-water
status: live
organization: {en: Neighbors, es: Vecinos}
title: {en: Clean water, es: Agua limpia}
heading: {en: Our water is brown, es: Nuestra agua sale café}
summary: {en: Ask for new pipes., es: Pida tuberías nuevas.}
about:
  - {en: It began in May., es: Empezó en mayo.}
points:
  - en: Please fix the pipes.
    es: Por favor, arreglen las tuberías.
reading: Please fix the pipes.
goal: 100
offices: [ero-atl, ero-was]
letter:
  subject: {en: Pipes, es: Tuberías}
  body: {en: Please., es: Por favor.}
"""

# What is changed in the small campaign → what is said, with its line.
WRONG = [
    ("slug: clean-water", "slug: Clean Water", "c.yaml:1: slug is “Clean Water”, which can’t be used."),
    ("slug: clean-water", "slug: 28", "c.yaml:1: slug must be text. YAML reads 28 as a number, not as text."),
    ("slug: clean-water", f"slug: {'a' * 41}", "c.yaml:1: slug is 41 letters long and 40 fit. Shorten it by 1."),
    ("status: live", "status: Live", "c.yaml:2: status is “Live”. It must be draft, live, paused or ended."),
    ("status: live", "status: on", "c.yaml:2: status is “on”. It must be draft, live, paused or ended."),
    ("status: live\n", "", "c.yaml:1: status is missing. Where the campaign is: draft, live, paused or ended. Add “status: …”."),
    ("title: {en: Clean water, es: Agua limpia}", "title: {en: Clean water}", "c.yaml:4: title has no Spanish words. Every sentence a supporter meets exists in both languages. Add a line “es: …”."),
    ("es: Agua limpia", 'es: " "', "c.yaml:4: title in Spanish is empty. Every sentence a supporter meets exists in both languages."),
    ("es: Agua limpia", "es: ", "c.yaml:4: title in Spanish is empty."),
    ("en: Clean water", "en: NO", 'c.yaml:4: title in English must be text. YAML reads NO as yes or no, not as text. Put it in quotes: "NO".'),
    ("en: Clean water", "en: 2026-01-02", "c.yaml:4: title in English must be text. YAML reads 2026-01-02 as a date, not as text."),
    ("en: Clean water", "en: 1.50", "c.yaml:4: title in English must be text. YAML reads 1.50 as a number, not as text."),
    ("en: Clean water", f"en: {'x' * 161}", "c.yaml:4: title in English is 161 letters long and 160 fit. Shorten it by 1."),
    ("title: {en: Clean water, es: Agua limpia}", "title: Clean water", "c.yaml:4: title needs its parts below it, each on its own line, indented."),
    ("title:", "titel:", "c.yaml:4: “titel” is not a part of a campaign. Did you mean “title”?"),
    ("title:", "wubble:", "c.yaml:4: “wubble” is not a part of a campaign. Known here: slug, status,"),
    ("    es: Por favor, arreglen", "    ess: Por favor, arreglen", "c.yaml:11: “ess” is not a part of points 1. Did you mean “es”?"),
    ("    es: Por favor, arreglen las tuberías.\n", "", "c.yaml:10: points 1 has no Spanish words."),
    ("points:\n", "points: []\nwhere:\n", "c.yaml:9: points is an empty list."),
    ("about:\n  - {", "about:\n  {", "c.yaml:7: about is not a list."),
    ("goal: 100", "goal: 0", "c.yaml:13: goal is “0”, which can’t be used. How many calls that get through you hope for: a whole number, 1 or more."),
    ("goal: 100", "goal: -5", "c.yaml:13: goal is “-5”, which can’t be used."),
    ("goal: 100", "goal: 2,000", "c.yaml:13: goal is “2,000”."),
    ("goal: 100", "goal: 1:30:00", "c.yaml:13: goal is “1:30:00”."),
    ("goal: 100", "goal: 0100", "c.yaml:13: goal is “0100”."),
    ("goal: 100", "goal: yes", "c.yaml:13: goal is “yes”."),
    ("goal: 100", "goal:", "c.yaml:13: goal is empty."),
    ("goal: 100", "goal: 100\ngoal: 200", "c.yaml:14: “goal” is here twice, first in line 13. Only one of them could count: delete one."),
    ("en: Clean water", "en: Clean water, en: Wasser", "c.yaml:4: “en” is here twice, first in line 4."),
    ("ero-was]", "ero-wsa]", "c.yaml:14: There is no office “ero-wsa” in directory/offices.csv. Did you mean “ero-was”?"),
    ("ero-was]", "nowhere]", "c.yaml:14: There is no office “nowhere” in directory/offices.csv. Look it up there."),
    ("goal: 100", "goal: 100\ntexts: {call: phone}", "c.yaml:14: texts call is “phone”. It must be ring or link."),
    ("goal: 100", "goal: 100\nrouting: {order: random}", "c.yaml:14: routing order is “random”. It must be fixed, shuffled or balanced."),
    ("goal: 100", "goal: 100\nrouting: {local: first}", "c.yaml:14: routing local is “first”. It must be never, before, after, only or fallback."),
    ("goal: 100", "goal: 100\nrouting: {locale: never}", "c.yaml:14: “locale” is not a part of routing. Did you mean “local”?"),
    ("goal: 100", 'goal: 100\nnumbers: ["2025550142"]', "c.yaml:14: numbers 1 is “2025550142”, which can’t be used. A number of your Twilio account with its country code"),
    ("goal: 100", 'goal: 100\nnumbers: ["+12025550142", "+12025550142"]', "c.yaml:14: +12025550142 is listed twice. Delete one."),
    ("goal: 100", "goal: 100\nnumbers: +12025550142", "c.yaml:14: numbers"),
    ("goal: 100", "goal: 100\nlimits: {rings_a_day: -1}", "c.yaml:14: limits rings_a_day is “-1”, which can’t be used. How many supporters we call in one day at most"),
    ("goal: 100", "goal: 100\nlimits: {rings_a_day: many}", "c.yaml:14: limits rings_a_day is “many”."),
    ("goal: 100", "goal: 100\nlimits: {calls_an_hour_per_source: 0}", "c.yaml:14: limits calls_an_hour_per_source is “0”, which can’t be used."),
    ("goal: 100", "goal: 100\nlimits: {rings_per_day: 5}", "c.yaml:14: “rings_per_day” is not a part of limits. Did you mean “rings_a_day”?"),
    ("goal: 100", "goal: 100\nrouting: balanced", "c.yaml:14: routing needs its parts below it"),
    ("offices: [ero-atl, ero-was]", "offices:\n  - ero-atl\n  - ero-was\n  - ero-atl", "c.yaml:17: ero-atl is listed twice. A supporter calls each once: delete one."),
    ("ero-was]", "12]", "c.yaml:14: offices 2 must be text."),
    ("letter:", "letter:\n  to: [ero-wsa]", "c.yaml:16: There is no office “ero-wsa” in directory/offices.csv. Did you mean “ero-was”?"),
    ("letter:", "letter:\n  to: [ero-was, ero-was]", "c.yaml:16: ero-was is named twice. It gets each letter once: delete one."),
    ("letter:", "letter:\n  to: [ero-atl, ero-was, ero-nyc, ero-phi, ero-hou, ero-sna]", "c.yaml:16: letter to has 6 entries and 5 fit. The offices that get each letter"),
    ("letter:", "letter:\n  to: ero-was", "c.yaml:16: letter to is not a list."),
    ("letter:", "letter:\n  local: yes", "c.yaml:16: letter local is “yes”. Whether the office of the supporter’s own area gets a letter too: true or false. Write true or false."),
    ("letter:", "letter:\n  an_hour: 0", "c.yaml:16: letter an_hour is “0”, which can’t be used. How many letters one office gets in an hour at most: 1 to 60."),
    ("letter:", "letter:\n  an_hour: 61", "c.yaml:16: letter an_hour is “61”, which can’t be used."),
    ("letter:", "letter:\n  an_hour: true", "c.yaml:16: letter an_hour is “true”. How many letters one office gets"),
    ("letter:", "letter:\n  post: []", "c.yaml:16: letter post is an empty list."),
    ("letter:", "letter:\n  post: [1, 2]", "c.yaml:16: letter post 1 must be text. YAML reads 1 as a number, not as text."),
    ("letter:", 'letter:\n  post: ["a\\nb"]', "c.yaml:16: letter post 1 is"),
    ("letter:", f"letter:\n  post: [{'x' * 61}]", "c.yaml:16: letter post 1 is 61 letters long and 60 fit."),
    ("letter:", "letter:\n  too: []", "c.yaml:16: “too” is not a part of letter. Did you mean “to”?"),
    ("en: Clean water", "en: true", 'c.yaml:4: title in English must be text. YAML reads true as yes or no, not as text. Put it in quotes: "true".'),
    ("  body: {en: Please., es: Por favor.}\n", "", "c.yaml:15: letter body is missing."),
    ("reading: Please fix the pipes.", "reading: Note: fix it", "c.yaml:12: This isn’t YAML (mapping values are not allowed here). A text that holds a colon and a space must stand in quotes."),
    ("  - en: Please fix", "\t- en: Please fix", "c.yaml:10: This isn’t YAML (found character '\\t' that cannot start any token). Indent with spaces, not tabs;"),
    ("goal: 100", " goal: 100", "c.yaml:13: This isn’t YAML"),
    ("reading: Please", 'reading: "Please', "c.yaml:12: This isn’t YAML (found unexpected end of stream). A quote was opened and not closed."),
    ("goal: 100", "goal 100", "c.yaml:14: This isn’t YAML"),
    ("goal: 100", "goal: *hope", "c.yaml:13: This isn’t YAML (found undefined alias 'hope'). A text that begins with an asterisk must stand in quotes."),
    ("goal: 100", "goal: &hope 100", "c.yaml:13: “hope” is a YAML anchor (& or *), which hides what is said where."),
    ("goal: 100", "goal: !!python/name:os.system 100", "c.yaml:13: The tag !!python/name:os.system means nothing here. Remove it."),
    ("goal: 100", "goal: !secret 100", "c.yaml:13: The tag !secret means nothing here."),
    ("goal: 100", "goal: 100\nno: 1", "c.yaml:14: “no” can’t be a key. A key is a word and a colon, like title:"),
    ("goal: 100", "goal: 100\n[a, b]: 1", "c.yaml:14: “this” can’t be a key."),
    ("goal: 100", "goal: 100\x07", "c.yaml:13: Here is a character YAML doesn’t allow."),
    ("goal: 100", "goal: 100\n---\ngoal: 100", "c.yaml:14: This isn’t YAML (but found another document). Leave out the line with three hyphens"),
]  # fmt: skip

# What follows `spoken:` in line 18 → what is said.
SPOKEN = [
    ("  helo: {en: Hi, es: Hola}", "c.yaml:19: The voice has no prompt “helo”. Did you mean “hello”?"),
    ("  zzzz: {en: Hi, es: Hola}", "c.yaml:19: The voice has no prompt “zzzz”. The prompts are hello, hello_caller,"),
    ("  hello: {en: Hi}", "c.yaml:19: spoken hello has no Spanish words."),
    ("  hello:\n    en: Hi\n    es: 'Hola {ofice}'", "c.yaml:21: “{ofice}” can’t be filled in here, so a caller would hear nothing. Known: {booked},"),
    ("  hello: {en: '{office.name}', es: Hola}", "c.yaml:19: “{office.name}” can’t be filled in here"),
    ("  hello: {en: '{office!r}', es: Hola}", "c.yaml:19: “{office}” can’t be filled in here"),
    ("  hello: {en: '{}', es: Hola}", "c.yaml:19: “{}” can’t be filled in here"),
    ("  hello: {en: 'Hi {', es: Hola}", "c.yaml:19: Spoken words have a single { or }."),
    ("  our_fault: {en: '{office}', es: Hola}", "c.yaml:19: “{office}” can’t be filled in here, so a caller would hear nothing. Known: none in this prompt."),
]  # fmt: skip

# What follows `recordings:` in line 18 → what is said.
AUDIO = [
    ("{prompt: hello, language: es, url: 'http://audio.example.org/a.mp3'}", "c.yaml:19: recordings 1 url is “http://audio.example.org/a.mp3”, which can’t be used. Where the file is: an address that begins with https://, or a path"),
    ("{prompt: hello, language: es, url: '//elsewhere.example/a.mp3'}", "c.yaml:19: recordings 1 url is"),
    ("{prompt: hello, language: fr, url: /a.mp3}", "c.yaml:19: recordings 1 language is “fr”. It must be en or es."),
    ("{prompt: helo, language: es, url: /a.mp3}", "c.yaml:19: The voice has no prompt “helo”. Did you mean “hello”?"),
    ("{prompt: hello, language: es}", "c.yaml:19: recordings 1 url is missing."),
    ("{prompt: hello, language: es, url: /a.mp3}\n  - {prompt: hello, language: es, url: /b.mp3}", "c.yaml:20: hello in es has two recordings. Only one can play: delete one."),
]  # fmt: skip

TEXTS = """\
texts:
  keywords: {en: [PIPES], es: [TUBOS]}
  name: {en: Alerts, es: Alertas}
  frequency: {en: up to 8 msgs/month, es: hasta 8 mensajes/mes}
  contact: {en: help@example.org, es: ayuda@example.org}
  terms: https://example.org/texts
"""

# What is changed in these texts, which begin in line 18 → what is said.
TEXTED = [
    ("[PIPES]", "[STOPICE]", "c.yaml:19: The keyword “STOPICE” begins with STOP, which some carriers take for a stop. Choose another word."),
    ("[PIPES]", "[Stop pipes]", "c.yaml:19: The keyword “Stop pipes” begins with STOP, which some carriers take for a stop."),
    ("[TUBOS]", "[ALTO]", "c.yaml:19: The keyword “ALTO” means stop. Choose another word."),
    ("[TUBOS]", "[ALTOS]", "c.yaml:19: The keyword “ALTOS” "),
    ("[PIPES]", "[STIP]", "c.yaml:19: The keyword “STIP” is one letter away from STOP. Choose another word."),
    ("[PIPES]", "[JOIN]", "c.yaml:19: The keyword “JOIN” joins whatever programme the number has."),
    ("[PIPES]", "['30303']", "c.yaml:19: The keyword “30303” is a ZIP code."),
    ("[PIPES]", "[LETTER]", "c.yaml:19: The keyword “LETTER” asks for the letter."),
    ("[PIPES]", f"[{'P' * 31}]", f"c.yaml:19: The keyword “{'P' * 31}” has 31 characters, and 30 is the most."),
    ("[PIPES]", "['?']", "c.yaml:19: The keyword “?” has no letter, digit or sign of its own."),
    ("[TUBOS]", "[pípes]", "c.yaml:19: “pípes” is the same word as “PIPES” to whoever reads texts. Delete one."),
    ("[PIPES]", "[28]", 'c.yaml:19: texts keywords en 1 must be text. YAML reads 28 as a number, not as text. Put it in quotes: "28".'),
    ("[PIPES]", "[]", "c.yaml:19: texts keywords in English is an empty list. The English keywords, like FAMILIES, 5 at most. Add at least one."),
    ("[PIPES]", "PIPES", "c.yaml:19: texts keywords in English is not a list."),
    (", es: [TUBOS]", "", "c.yaml:19: texts keywords has no Spanish words."),
    ("  keywords: {en: [PIPES], es: [TUBOS]}\n", "", "c.yaml:18: texts keywords is missing."),
    ("  terms: https://example.org/texts\n", "", "c.yaml:18: texts terms is missing. The page of terms, at your own domain"),
    ("https://example.org/texts", "http://example.org/texts", "c.yaml:23: texts terms is “http://example.org/texts”, which can’t be used. The page of terms, at your own domain: an address that begins with https://"),
    ("https://example.org/texts", "https://example.org/té", "c.yaml:23: texts terms is “https://example.org/té”, which can’t be used."),
    ("https://example.org/texts", f"https://example.org/{'t' * 100}", "c.yaml:23: texts terms is 120 letters long and 100 fit. Shorten it by 20."),
    ("https://example.org/texts", "https://bit.ly/3xyz", "c.yaml:23: Our answer to a keyword (R1), to YES (R2), to HELP (R4), to a keyword again (R5) would not do: Carriers filter links of bit.ly: use your own domain. Use a short address at your own domain."),
    ("https://example.org/texts", "https://example.org/t\n  privacy: https://tinyurl.com/p", "c.yaml:24: Our answer to a keyword (R1), to YES (R2), to HELP (R4) would not do: Carriers filter links of tinyurl.com"),
    ("https://example.org/texts", "https://example.org/t\n  privacy: example.org/p", "c.yaml:24: texts privacy is “example.org/p”, which can’t be used. The page of the privacy policy"),
    ("https://example.org/texts", "https://example.org/t\n  confirm: sure", "c.yaml:24: texts confirm is “sure”."),
    ("https://example.org/texts", "https://example.org/t\n  thanks: {en: Thank you., es: 'Vecinos: Gracias.'}", "c.yaml:24: Our answer to anything else (thanks) would not do: It must say the organization's name. Say it shorter or in other words here."),
    ("https://example.org/texts", "https://example.org/t\n  thanks: {en: 'Neighbors: Thank you.', es: 'Gracias de Vecinos.'}", "c.yaml:24: Our answer to anything else (thanks) would not do: It must begin with the organization's name."),
    ("https://example.org/texts", "https://example.org/t\n  thanks: {en: 'Neighbors: Thank you.', es: 'Vecinos: Gracias, aquí.'}", "c.yaml:24: Our answer to anything else (thanks) would not do: Each “í” makes it cost more: GSM-7 has no í."),
    ("https://example.org/texts", f"https://example.org/t\n  thanks: {{en: 'Neighbors: {'Thank you. ' * 30}', es: 'Vecinos: Gracias.'}}", "c.yaml:24: Our answer to anything else (thanks) would not do: It takes 3 segments, and 2 is the most."),
    ("en: Alerts", f"en: {'Alerts ' * 20}", "c.yaml:20: Our answer to a keyword (R1), to YES (R2) would not do: It takes 3 segments, and 2 is the most. Say it shorter or in other words here."),
    ("en: Alerts", "en: Call now", "c.yaml:20: Our answer to STOP (R3) would not do: It must ask for nothing: “call”."),
    ("en: Alerts", "en: 警报", "c.yaml:20: No letter of “警报” fits a plain text. Write it in Latin letters."),
    ("es: hasta 8 mensajes/mes", "es: ' '", "c.yaml:21: texts frequency in Spanish is empty."),
    ("en: help@example.org", "en: our office", "c.yaml:22: Nobody can be reached at “our office”. Write an e-mail address or a phone number with its area code."),
    ("en: help@example.org", "en: 'help@example.org, https://example.org/h'", "c.yaml:22: Our answer to STOP (R3) would not do: It must have no link"),
    ("  name:", "  nam:", "c.yaml:20: “nam” is not a part of texts. Did you mean “name”?"),
]  # fmt: skip
