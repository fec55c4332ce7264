-- Two spellings of a word that a person would call the same become the same text: case, accents and
-- width fall away. Independent of the database's locale (lower() in the "C" locale knows ASCII only,
-- and in a Turkish one it would turn I into ı), so that it is IMMUTABLE in truth.
CREATE FUNCTION crm_fold(value text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE
  WHEN octet_length(value) = char_length(value) THEN lower(value COLLATE "C")
  ELSE replace(replace(replace(replace(replace(
    translate(
      lower(
        regexp_replace(
          normalize(value, NFKD) COLLATE "C",
          '[\u00AD\u0300-\u036F\u1AB0-\u1AFF\u1DC0-\u1DFF\u200B-\u200F\u2060\u20D0-\u20FF\uFE00-\uFE0F\uFE20-\uFE2F\uFEFF]',
          '', 'g'
        )
      ),
      'ÐðĐđĦħŁłØøŦŧıĸƏəƁƂƄƆƇƉƊƋƎƐƑƓƔƖƗƘƜƝƟƢƤƦƧƩƬƮƱƲƳƵƷƸƼǤǶǷȜȠȢȤȺȻȽȾɁɃɄɅɆɈɊɌɎÆ'
        || 'ŒẞÞŊΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩςАБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯЂЄЅІЈЉЊЋЏҐ'
        || 'ҒҚҢӘӨҮҰҺԱԲԳԴԵԶԷԸԹԺԻԼԽԾԿՀՁՂՃՄՅՆՇՈՉՊՋՌՍՎՏՐՑՒՓՔՕՖ',
      'ddddhhlloottikeeɓƃƅɔƈɖɗƌǝɛƒɠɣɩɨƙɯɲɵƣƥʀƨʃƭʈʊʋƴƶʒƹƽǥƕƿȝƞȣȥⱥȼƚⱦɂƀʉʌɇɉɋɍɏæ'
        || 'œßþŋαβγδεζηθικλμνξοπρστυφχψωσабвгдежзиклмнопрстуфхцчшщъыьэюяђєѕіјљњћџґ'
        || 'ғқңәөүұһաբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆ'
    ), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th'), 'ŋ', 'ng')
END;
