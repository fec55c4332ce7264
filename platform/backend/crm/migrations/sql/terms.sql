-- What a customer is found by, and what a query looks for. Both sides are made here, so that they
-- can't drift apart.

-- The words of a folded text. All that is neither letter nor digit separates them: punctuation, signs,
-- symbols, emoji. Listed by code point, as [[:alnum:]] means something else in every locale.
CREATE FUNCTION crm_words(folded text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN string_to_array(
  btrim(regexp_replace(
    folded COLLATE "C",
    '[\u0001-/:-@[-`{-\u00A9\u00AB-\u00B4\u00B6-\u00B9\u00BB-\u00BF\u00D7\u00F7\u02B0-\u02FF\u2000-\u2BFF\u2E00-\u2E7F\u3000-\u3004\u3008-\u3020\u3030\u30FB\uE000-\uF8FF\uFD3E\uFD3F\uFFF0-\uFFFF\U0001F000-\U0001FAFF\U000E0000-\U0010FFFF]+',
    ' ', 'g'
  )),
  ' '
);

CREATE FUNCTION crm_without_apostrophes(folded text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN regexp_replace(folded COLLATE "C", '[''`\u02B9-\u02BF\u2018\u2019]', '', 'g');

-- The words by which somebody is called: at most 12, each at most 40 characters long. O'Brien is also
-- Obrien; Müller is also Mueller, and Mueller Muller.
CREATE FUNCTION crm_name_words(value text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  folded text := crm_fold(value);
  joined text := crm_without_apostrophes(folded);
  words text[] := crm_words(folded);
  word text;
  kept text[] := '{}';
BEGIN
  IF joined <> folded THEN
    words := words || crm_words(joined);
  END IF;
  IF octet_length(value) > char_length(value) AND normalize(value, NFC) ~ '[äöüøÄÖÜØ]' THEN
    words := words || crm_words(crm_fold(regexp_replace(
      translate(normalize(value, NFC), 'ÄÖÜØø', 'äöüöö'), '([äöü])', '\1e', 'g')));
  END IF;
  IF folded ~ '[aou]e' THEN
    words := words || crm_words(regexp_replace(folded, '([aou])e', '\1', 'g'));
  END IF;
  FOREACH word IN ARRAY words LOOP
    word := left(word, 40);
    IF word <> ALL (kept) AND cardinality(kept) < 12 THEN
      kept := kept || word;
    END IF;
  END LOOP;
  RETURN kept;
END $$;

-- Two words of one name, smaller first: their first four letters interleaved, so that any two
-- beginnings ("mar ros") are one range of the index; then the words, to check what lies beyond.
-- The leading space keeps pairs apart from single words, which have none.
CREATE FUNCTION crm_pair(one text, other text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  a text := least(one COLLATE "C", other);
  b text := greatest(one COLLATE "C", other);
BEGIN
  RETURN ' '
    || rpad(substr(a, 1, 1), 1, '_') || rpad(substr(b, 1, 1), 1, '_')
    || rpad(substr(a, 2, 1), 1, '_') || rpad(substr(b, 2, 1), 1, '_')
    || rpad(substr(a, 3, 1), 1, '_') || rpad(substr(b, 3, 1), 1, '_')
    || rpad(substr(a, 4, 1), 1, '_') || rpad(substr(b, 4, 1), 1, '_')
    || ' ' || a || ' ' || b;
END $$;

-- The longest text with which all pairs begin whose words begin with these two (neither of which may
-- be the beginning of the other: only then does the order of the beginnings settle that of the words).
CREATE FUNCTION crm_pair_prefix(one text, other text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  a integer := least(4, char_length(least(one COLLATE "C", other)));
  b integer := least(4, char_length(greatest(one COLLATE "C", other)));
BEGIN
  RETURN left(crm_pair(one, other), 1 + 2 * least(a, b) + (a > b)::integer);
END $$;

-- Whether a term within the range of a pair's prefix is of two words that begin so.
CREATE FUNCTION crm_is_pair_of(term text, a text, b text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN starts_with(split_part(term, ' ', 3), a) AND starts_with(split_part(term, ' ', 4), b);

-- A telephone number as digits, in the ways that people write it: with the country's prefix, without,
-- with and without the trunk zero. The form by which a query asks comes first.
CREATE FUNCTION crm_phone_forms(value text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  folded text := btrim(crm_fold(value));
  digits text := left(regexp_replace(replace(folded, '(0)', ''), '[^0-9]', '', 'g'), 24);
  country text;
  national text;
BEGIN
  IF digits = '' THEN
    RETURN '{}';
  ELSIF folded !~ '^(\+|00)' THEN
    RETURN ARRAY[digits, ltrim(digits, '0')];
  END IF;
  digits := regexp_replace(digits, '^00', '');
  country := coalesce(
    substring(digits from '^(?:1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])'),
    left(digits, 3));
  national := ltrim(substr(digits, char_length(country) + 1), '0');
  IF char_length(national) < 4 THEN
    RETURN ARRAY[digits];
  END IF;
  RETURN ARRAY[national, '0' || national, digits];
END $$;

-- The words of an email address but for its top-level domain; the whole, and its domain, behind an @
-- that keeps them out of the ranges of words.
CREATE FUNCTION crm_email_terms(value text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  folded text := crm_fold(value);
  domain text := split_part(folded, '@', 2);
BEGIN
  IF value = '' THEN
    RETURN '{}';
  END IF;
  RETURN ARRAY['@' || left(folded, 64), '@' || left(domain, 64)]
    || crm_words(split_part(folded, '@', 1) || ' ' || regexp_replace(domain, '\.[^.]*$', ''));
END $$;

-- All terms of a customer, some twice. Plain loops: a query in here would be planned for each customer.
CREATE FUNCTION crm_terms(name text, company text, email text, phone text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  words text[] := crm_name_words(name || ' ' || company);
  terms text[] := words || crm_phone_forms(phone) || crm_email_terms(email);
BEGIN
  -- "St.John" is asked for like an address.
  IF name LIKE '%.%' THEN
    terms := terms || ('@' || left(crm_fold(name), 64));
  END IF;
  FOR i IN 1 .. cardinality(words) - 1 LOOP
    FOR j IN i + 1 .. cardinality(words) LOOP
      terms := terms || crm_pair(words[i], words[j]);
    END LOOP;
  END LOOP;
  RETURN terms;
END $$;

-- What a query looks for: one email address, one number, one word of any field; or up to 8 words of
-- the name and company, none the beginning of another, the longest first.
CREATE FUNCTION crm_query_tokens(q text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  folded text := btrim(regexp_replace(crm_fold(left(q, 200)) COLLATE "C", '\s+', ' ', 'g'));
  literal text;
BEGIN
  IF folded ~ '^[+0-9(][0-9 ()/.+-]*$' THEN
    RETURN (crm_phone_forms(folded))[1:1];
  END IF;
  literal := CASE
    WHEN folded LIKE '%@%' THEN ltrim(substring(folded from '[^ <>(),;:"]*@[^ <>(),;:"]*'), '@')
    WHEN folded ~ '^[^ ]+\.[^ ]+$' THEN btrim(folded, '.,;:')
  END;
  IF literal <> '' THEN
    RETURN ARRAY['@' || left(literal, 64)];
  END IF;
  RETURN ARRAY(
    SELECT word FROM (
      SELECT word, lead(word) OVER (ORDER BY word) AS following FROM (
        SELECT DISTINCT left(w, 40) COLLATE "C" AS word
        FROM unnest(crm_words(crm_without_apostrophes(folded))) AS w
      ) AS of_query
    ) AS neighbours
    WHERE following IS NULL OR NOT starts_with(following, word)
    ORDER BY char_length(word) DESC, word LIMIT 8
  );
END $$;
