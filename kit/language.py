"""Which language a customer writes in, and one Simplified form of Chinese text for search."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from threading import Lock
from typing import Literal

import cantofilter
from opencc import OpenCC

from kit.characters import without_invisible

__all__ = ["AnswerLanguage", "Detection", "Language", "detect", "has_han", "to_simplified"]

AnswerLanguage = Literal["zh", "en"]
# A turn asks for the same of one message many times.
LATEST = 1024
Script = Literal["simplified", "traditional", "either"]


class Language(StrEnum):
    """The language of one message, as metrics are sliced by it (BCP 47 tags, and `mixed`)."""

    ZH_HANS = "zh-Hans"
    ZH_HANT = "zh-Hant"
    YUE = "yue"
    EN = "en"
    MIXED = "mixed"


@dataclass(frozen=True, slots=True)
class Detection:
    """The language a message is written in, and the knowledge-base language to answer it in."""

    language: Language
    answer_language: AnswerLanguage


_BY_DEFAULT: dict[AnswerLanguage, Language] = {
    "zh": Language.ZH_HANS,
    "en": Language.EN,
}

_HAN = re.compile(r"[㐀-䶿一-鿿豈-﫿\U00020000-\U0003ffff〇]")
_LATIN = "A-Za-zÀ-ÖØ-öø-ɏ"
# Neither a web or e-mail address nor what kit.masking writes in place of one is a word of the customer's.
_ADDRESS = re.compile(
    r"https?://[!-~]+|www\.[!-~]+|[\w.+-]{1,64}@[A-Za-z0-9.-]+|\[(?:card \*\d{4}|id|phone|email)\]",
    re.ASCII,
)
_WORD = re.compile(rf"[{_LATIN}0-9]+(?:['’][{_LATIN}]+)*")

# Names a Chinese sentence has no other word for. Shape alone does not tell them: customers type them in lower case.
_NAME = re.compile(
    rf"(?<![{_LATIN}])(?:"
    r"(?:apple|google|samsung|huawei|mi|wechat|union|octopus|line|phone) ?pay|"
    r"swift code|swift|iban|bic|cnaps|atm|pos|vip|svip|app|apk|sdk|api|usb|u-?key|k-?key|token|otp|pin|cvv2?|cvc|etc|"
    r"nfc|sim|esim|sms|mms|id|pc|pdf|jpg|png|excel|word|wi-?fi|gps|qq|qr|h5|ios|ipad|iphone|ipod|mac|android|"
    r"windows|hms|harmony ?os|huawei|xiaomi|oppo|vivo|samsung|apple|google|chrome|safari|facebook|netflix|spotify|"
    r"wechat|weixin|alipay(?:hk)?|paypal|payme|fps|visa|master ?card|amex|american express|jcb|diners|maestro|"
    r"western union|moneygram|steam|taobao|tmall|jd|amazon|ebay|costco|uber|didi|airbnb|booking|"
    r"bank of china|hsbc|icbc|boc|abc|ccb|cmb|spdb|dbs|citi|plus|cirrus|"
    r"kyc|kpi|p2p|b2b|gdp|cpi|lpr|apr|apy|etf|ipo|qdii|reits?|rmb|cny|cnh|usd|hkd|eur|gbp|jpy|aud|cad|twd|mop|"
    rf"ok|no\.|e-?mail|vpn|ukey|faq|diy|ai)(?![{_LATIN}])",
    re.IGNORECASE,
)
_LONGEST_ACRONYM = 5
_GREETING = frozenset({"hi", "hello", "hey", "bye", "thx"})
_VOWEL = re.compile(r"[aeiouyà-ÿ]", re.IGNORECASE)

# Mandarin in which canto-filter sees Cantonese words across a word boundary (点 解绑, 要求 其他, 右边 个人, 审核 突然),
# and the Macau place 氹仔. Written in Traditional because the text is converted before it is judged.
_FALSE_CANTONESE = re.compile(
    r"點(?=解[除綁鎖凍開約散析決釋]|會[員議計])|(?<=[0-9一二三四五六七八九十兩半幾整早晚])點(?=[解會得做樣])|"
    r"(?<=[要請需訴])求其|(?<=[旁左右上下這那裡裏外前後兩一])邊(?=[個位科度間])|(?<=[保存])留低|核突(?=然|出|破)|返到|氹仔"
)

# Cantonese that canto-filter leaves out because it wants pure corpora: common words it finds too weak, Simplified
# 系 for 係, and the spellings of people without a Cantonese keyboard (左 咗, 黎 嚟, 既 嘅, d 啲, 吾 唔).
_CANTONESE = re.compile(
    r"唔[一-鿿]|吾[該係系見使識得]|[係系]咪|我[係系](?![統列數主])|"
    r"幾[多耐]|[做有話講整搞]咩|咩[事料嘢野話]|乜野|俾(?![便使])|呢[張筆間單條次排]|仲[未可會能欠差喺]|邊[間張條樣]|"
    r"(?<![0-9一二三四五六七八九十兩半幾早晚])點(?:算(?![法術逾是])|至[得可先]|搞|計(?![算劃入息]))|"
    r"[到完過成]未[呀啊]?[?!]?$|[呢快早多平貴]d(?![A-Za-z])|(?<=[見收用過交還轉入扣碌買做開攞])左(?![右邊手側上下])|"
    r"[過返入]黎|既(?=卡|戶口|錢|密碼)|[俾轉開]返|喇(?![叭嘛])|好耐|冧把|碌卡|簽卡|卡數(?!據|量|字)",
    re.IGNORECASE,
)

# Hong Kong and Taiwan bank wording. OpenCC's own phrases (tw2sp) are not used: 登出 becomes 注销 (to cancel a service),
# 文件 文档, 程序 进程, 資料 数据, and Simplified text is damaged with them.
_MAINLAND_WORD = {
    "伺服器": "服务器",
    "列印": "打印",
    "存簿": "存折",
    "户头": "账户",
    "手提电话": "手机",
    "扣账卡": "借记卡",
    "提款卡": "借记卡",
    "数位": "数字",
    "智慧型手机": "智能手机",
    "流动支付": "移动支付",
    "流动理财": "手机银行",
    "流动电话": "手机",
    "流动银行": "手机银行",
    "登入": "登录",
    "短讯": "短信",
    "简讯": "短信",
    "红利点数": "积分",
    "网路": "网络",
    "萤幕": "屏幕",
    "行动支付": "移动支付",
    "行动电话": "手机",
    "行动银行": "手机银行",
    "身分": "身份",
    "软体": "软件",
    "连结": "链接",
}
_REGIONAL_WORD = re.compile("|".join(sorted(_MAINLAND_WORD, key=len, reverse=True)))
# Traditional only: 户口 in Simplified is the household register, and 戶口名簿 is that in Taiwan.
_HONG_KONG_ACCOUNT = re.compile(r"戶口(?![名本簿])")

# One of two Simplified forms, and Hong Kong's own characters, which OpenCC's t2s (1.4) leaves as they are.
_ONE_FORM = str.maketrans("帐敍枱粧糭衞衹", "账叙台妆粽卫只")

_converters: dict[str, OpenCC] = {}
_building = Lock()


@lru_cache(LATEST)
def detect(text: str, default: AnswerLanguage = "zh") -> Detection:
    """Detect the language of one message of a bank customer.

    Names and acronyms (ATM, U盾, iPhone) do not make Chinese text mixed. Cantonese with English words in it is
    Cantonese. Text without a word of either language (digits, emoji, "ATM") is in the `default` language. Never raises.
    """
    plain = _plain(text)
    han_count = len(_HAN.findall(plain))
    words = _foreign_words(plain)
    if han_count == 0:
        language = Language.EN if words else _BY_DEFAULT[default]
        return Detection(language, "en" if language is Language.EN else "zh")
    if _is_cantonese(plain):
        return Detection(Language.YUE, "zh")
    if any(not _is_name_by_shape(word, plain) for word in words):
        return Detection(Language.MIXED, "zh" if han_count > 1 else "en")
    return Detection(Language.ZH_HANT if _is_traditional(plain) else Language.ZH_HANS, "zh")


def has_han(text: str) -> bool:
    """Whether a text has a Chinese character."""
    return _HAN.search(text) is not None


@lru_cache(LATEST)
def to_simplified(text: str) -> str:
    """Bring text to the one form in which it is indexed and searched: NFKC, Simplified characters, mainland wording.

    Invisible characters are dropped; pictographs are kept, for they tell how somebody feels.

    帳戶, 賬戶 and Hong Kong's 戶口 become 账户; 網路銀行 becomes 网络银行, 提款卡 借记卡. For search only: the result
    is not always good prose. Case is kept.
    """
    simplified = _convert("t2s", _HONG_KONG_ACCOUNT.sub("賬戶", _plain(text))).translate(_ONE_FORM)
    return _REGIONAL_WORD.sub(lambda match: _MAINLAND_WORD[match[0]], simplified)


def _plain(text: str) -> str:
    """Return the NFKC form of what is seen; half a surrogate pair, which OpenCC refuses, becomes '?'."""
    return without_invisible(unicodedata.normalize("NFKC", text)).encode("utf-8", "replace").decode("utf-8")


def _convert(config: str, text: str) -> str:
    """Convert with an OpenCC configuration, which is loaded once at first use."""
    converter = _converters.get(config)
    if converter is None:
        with _building:
            converter = _converters.get(config) or _converters.setdefault(config, OpenCC(config))
    return str(converter.convert(text))


def _foreign_words(plain: str) -> list[re.Match[str]]:
    """Return the Latin words that are neither part of an address, nor a known name, nor a code such as A12 or U."""
    without_names = _NAME.sub(_blank, _ADDRESS.sub(_blank, plain))
    return [word for word in _WORD.finditer(without_names) if len(word[0]) > 1 and word[0].replace("'", "").isalpha()]


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _is_name_by_shape(word: re.Match[str], plain: str) -> bool:
    """Tell whether a Latin word inside Chinese text is a greeting or shaped like a name: BOCHK, txt, eBay."""
    letters = word[0]
    if letters.lower() in _GREETING:
        return True
    if letters.isupper() or not _VOWEL.search(letters):
        return len(letters) <= _LONGEST_ACRONYM
    if not letters[1:].islower():
        return True
    before, after = plain[: word.start()].rstrip(), plain[word.end() :].lstrip()
    # At the start of a message every phone keyboard writes a capital, so there it says nothing.
    return letters.istitle() and bool(_HAN.match(before[-1:])) and not (after[:1].isascii() and after[:1].isalpha())


def _is_cantonese(plain: str) -> bool:
    # canto-filter knows Traditional characters only; Cantonese typed in Simplified must be converted first.
    traditional = _FALSE_CANTONESE.sub("，", _convert("s2t", plain))
    judgement = cantofilter.judge(traditional)
    return judgement in ("cantonese", "mixed") or bool(_CANTONESE.search(traditional))


def _is_traditional(plain: str) -> bool:
    scripts = [_script(character) for character in plain]
    traditional, simplified = scripts.count("traditional"), scripts.count("simplified")
    if traditional == simplified == 0:
        return _convert("t2s", plain) != plain
    return traditional > simplified


@cache
def _script(character: str) -> Script:
    """Tell which script a character belongs to; one that both national standards encode (后 里 台) is in either.

    Traditional: OpenCC simplifies it and GB 2312 lacks it. Simplified: OpenCC turns it round and Big5 lacks it.
    """
    if _convert("t2s", character) != character and not _is_encoded(character, "gb2312"):
        return "traditional"
    # 户 with a dot stroke is Hong Kong's standard form as well (開户), though Big5 has only Taiwan's 戶.
    if character != "户" and _convert("s2t", character) != character and not _is_encoded(character, "big5"):
        return "simplified"
    return "either"


def _is_encoded(character: str, standard: str) -> bool:
    try:
        character.encode(standard)
    except UnicodeEncodeError:
        return False
    return True
