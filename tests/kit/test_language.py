"""How `kit.language` names the language of short bank messages, and the one form it brings Chinese to."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from opencc import OpenCC

from kit.language import AnswerLanguage, Detection, Language, detect, to_simplified

SIMPLIFIED = [
    "怎么开户",
    "信用卡丢了怎么办",
    "如何修改手机银行登录密码",
    "转账多久到账",
    "余额查询",
    "我的卡被ATM吞了",
    "ATM取款限额是多少",
    "U盾怎么激活",
    "APP登录不上去",
    "app闪退了怎么办",
    "iPhone 收不到短信验证码",
    "POS机刷卡失败",
    "VIP客户有什么权益",
    "你们的swift code是多少",
    "怎么绑定Apple Pay",
    "PayPal可以提现到你们银行吗",
    "在Costco消费能累积积分吗",
    "后台一直提示错误",
    "里面的钱怎么取出来",
    "台湾的卡能用吗",
    "5G手机支持NFC支付吗",
    "Visa卡境外刷卡手续费",
    "请把账单发到abc@gmail.com",
    "我要投诉你们网点的服务",
    "贷款利率LPR怎么算",
    "点解绑没反应",
    "要求其他证件是为什么",
    "右边个人中心打不开",
    "点至尊卡没反应",
    "点了解更多没反应",
    "保留低余额账户可以吗",
    "唔，知道了",
    "九点会开门吗",
    "氹仔分行几点开门",
    "hi，我想查一下还款日",
    "K宝和K令有什么区别",
    "银行卡照片显示不清楚，OCR识别失败",
]

TRADITIONAL = [
    "如何開戶",
    "信用卡遺失怎麼辦",
    "請問如何開通網路銀行",
    "轉帳要多久才會到帳",
    "帳戶餘額查詢",
    "提款卡被ATM吃掉了嗎",
    "信用卡額度怎麼調高",
    "我想申請房屋貸款",
    "外幣匯率是多少",
    "忘記網銀密碼了",
    "海外刷卡手續費怎麼算",
    "行動銀行APP無法登入",
    "請把帳單寄到新地址",
    "開戶需要什麼文件",
    "開户需要什麼文件",
    "可以用Apple Pay嗎",
    "如何啟用提款卡海外提款功能",
    "我要掛失存摺",
    "分行營業時間",
    "後台顯示錯誤",
    "定期存款的利率會變嗎",
    "貸款可以提前還款嗎",
    "電子賬單如何取消",
    "我收不到簡訊驗證碼",
    "怎樣更改聯絡電話",
    "匯款到台灣的SWIFT代碼",
    "為什麼我的交易被拒絕",
    "卡片過期了要換嗎",
    "VIP客戶的優惠有哪些",
    "九點會開門嗎",
]

CANTONESE = [
    "我張卡唔見咗",
    "點樣開戶",
    "我想問下點樣申請信用卡",
    "轉數快點解用唔到",
    "唔記得咗密碼點算",
    "你哋幾點收工",
    "邊度有提款機",
    "部機食咗我張卡",
    "點解我嘅戶口俾人凍結咗",
    "可唔可以提早還款",
    "利息幾多",
    "使唔使手續費",
    "我收唔到短訊驗證碼",
    "個app成日登入唔到",
    "有冇人可以幫我",
    "想攞返張信用卡",
    "呢張卡仲用唔用得",
    "啲錢去咗邊",
    "我係咪要返分行搞",
    "我張credit card俾人碌爆咗",
    "過咗數但係對方未收到",
    "聽日銀行開唔開門",
    "點樣提高信用額",
    "我想搵真人傾",
    "你哋嘅服務好差",
    "我筆錢收到未?",
    "我張卡唔見左",
]

CANTONESE_IN_SIMPLIFIED = [
    "点样开户",
    "我张卡唔见咗",
    "点解转唔到账",
    "唔记得密码点算",
    "你哋几点开门",
    "边度有柜员机",
    "我系咪要去分行",
    "利息系几多",
    "呢张卡用唔到",
    "有冇手续费",
    "我想揾人工",
    "我笔钱去咗边度",
    "可唔可以帮我查下",
    "我嘅账户俾人冻结咗",
    "几时先至到账啊，等咗好耐",
    "咩系定期存款，有咩好处",
    "我部手机换咗，点样登录",
    "信用卡点样还款",
    "张卡比机食咗点搞",
    "你地仲有冇优惠",
    "唔该帮我取消",
    "呢个月账单未收到，点解嘅",
    "我想睇下余额",
    "转错账攞唔攞得返",
    "得唔得提前还清",
    "转账几耐先到",
]

ENGLISH = [
    "How do I open an account?",
    "I lost my card",
    "reset password",
    "What is the ATM withdrawal limit?",
    "my card was swallowed by the ATM",
    "transfer fee",
    "Where is the nearest branch?",
    "HELP",
    "Hello",
    "I can't log in to the app",
    "why was my payment declined??",
    "Can I use Apple Pay with my debit card?",
    "exchange rate USD to CNY",
    "how long does a SWIFT transfer take",
    "talk to a human",
    "This is ridiculous, I want to complain!",
    "What's my balance",
    "activate card",
    "I need a mortgage",
    "close my account pls",
    "how much is the annual fee of the Visa card",
    "card not working abroad",
    "I've been charged twice",
    "pending transaction",
    "Is my deposit insured?",
    "change my phone number to 13800138000",
    "wheres my statment",
]

MIXED = [
    "我想 apply 一张 credit card",
    "怎么reset密码",
    "我的card丢了",
    "如何 activate 我的信用卡",
    "请问 transfer limit 是多少",
    "我要cancel这张卡",
    "transaction被decline了",
    "帮我check一下balance",
    "你们的customer service太差了",
    "我想open一个saving account",
    "这个fee可以waive吗",
    "annual fee怎么免",
    "credit card的due date是哪天",
    "我收到一个overdue的notice",
    "能不能speak English",
    "mortgage利率多少",
    "how to 开户",
    "What is 余额宝?",
    "I want to open 账户",
    "信用卡的cash advance怎么收费",
    "帳戶被freeze了怎麼辦",
    "我想update我的地址",
    "APPLY一张CREDIT CARD",
    "debit card和credit card有什么区别",
    "Please 帮我查余额",
    "我的payment一直pending",
    "請問如何apply信用卡",
]

SAME_IN_BOTH_SCRIPTS = ["信用卡", "定期存款利率是多少", "提款卡被ATM吃掉了", "如何取消"]

CLASSES = {
    "zh-Hans": (Language.ZH_HANS, SIMPLIFIED),
    "zh-Hant": (Language.ZH_HANT, TRADITIONAL),
    "yue": (Language.YUE, CANTONESE),
    "yue in Simplified": (Language.YUE, CANTONESE_IN_SIMPLIFIED),
    "en": (Language.EN, ENGLISH),
    "mixed": (Language.MIXED, MIXED),
}


@pytest.mark.parametrize("name", CLASSES)
def test_every_sentence_of_a_class_is_named(name: str) -> None:
    language, sentences = CLASSES[name]
    assert len(sentences) >= 25
    wrong = {sentence: detect(sentence).language for sentence in sentences if detect(sentence).language != language}
    assert not wrong, f"{len(wrong)} of {len(sentences)}"


@pytest.mark.parametrize("sentence", SIMPLIFIED + TRADITIONAL + CANTONESE + CANTONESE_IN_SIMPLIFIED)
def test_chinese_of_every_kind_is_answered_in_chinese(sentence: str) -> None:
    assert detect(sentence, default="en").answer_language == "zh"


@pytest.mark.parametrize("sentence", ENGLISH)
def test_english_is_answered_in_english(sentence: str) -> None:
    assert detect(sentence).answer_language == "en"


@pytest.mark.parametrize(
    ("text", "answer_language"),
    [
        ("我想 apply 一张 credit card", "zh"),
        ("how to 开户", "zh"),
        ("please close my 卡", "en"),
        ("where is the 行", "en"),
    ],
)
def test_mixed_text_is_answered_in_chinese_from_two_characters_on(text: str, answer_language: AnswerLanguage) -> None:
    assert detect(text) == Detection(Language.MIXED, answer_language)


@pytest.mark.parametrize(
    "text", ["", " ", "1234", "5,000.50", "😀👍", "？？？", "ATM", "ok", "VIP", "a@b.com", "https://x.com/help"]
)
def test_text_without_words_is_in_the_default_language(text: str) -> None:
    assert detect(text) == Detection(Language.ZH_HANS, "zh")
    assert detect(text, default="en") == Detection(Language.EN, "en")


def test_full_width_letters_are_letters() -> None:
    assert detect("ｒｅｓｅｔ　ｐａｓｓｗｏｒｄ").language is Language.EN
    assert detect("ＡＴＭ在哪里").language is Language.ZH_HANS


def test_invisible_characters_hide_no_language() -> None:
    assert detect("我张卡唔\u200b见\u200b咗").language is Language.YUE
    assert detect("\ufeffreset pass\u00adword").language is Language.EN


def test_masked_text_keeps_its_language() -> None:
    assert detect("我的[card *1234]丢了，请打[phone]").language is Language.ZH_HANS


@pytest.mark.parametrize("sentence", SIMPLIFIED)
def test_the_pair_of_a_sentence_gets_the_pair_of_labels(sentence: str) -> None:
    for config in ("s2t", "s2hk", "s2tw", "s2twp"):
        traditional = OpenCC(config).convert(sentence)
        if OpenCC("t2s").convert(traditional) == traditional:
            continue  # 登入 and 登录 differ in wording, and neither has a character that only one script has
        assert (detect(sentence).language, detect(traditional).language) == (Language.ZH_HANS, Language.ZH_HANT)


@pytest.mark.parametrize("sentence", SAME_IN_BOTH_SCRIPTS)
def test_a_sentence_that_is_the_same_in_both_scripts_is_named_simplified(sentence: str) -> None:
    assert detect(sentence).language is Language.ZH_HANS


SHARED = "后里台只干系面云松余了个"


@given(st.text("怎么转账贷款额度请问" + SHARED, min_size=1).filter(lambda text: any(c in "转账贷额请问" for c in text)))
def test_characters_of_both_scripts_do_not_make_simplified_text_traditional(text: str) -> None:
    assert detect(text).language is Language.ZH_HANS


@given(
    st.text("怎麼轉帳貸款額度請問" + "后里台只面云松", min_size=1).filter(
        lambda text: any(c in "轉貸額請" for c in text)
    )
)
def test_characters_of_both_scripts_do_not_make_traditional_text_simplified(text: str) -> None:
    assert detect(text).language is Language.ZH_HANT


ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()))


@given(text=ANY_TEXT, default=st.sampled_from(["zh", "en"]))
@example(text="\ud800", default="zh")
@example(text="点\x00开\udfff户", default="zh")
def test_detection_never_raises(text: str, default: AnswerLanguage) -> None:
    detection = detect(text, default)
    if detection.language is not Language.MIXED:
        assert detection.answer_language == ("en" if detection.language is Language.EN else "zh")


@pytest.mark.parametrize(
    ("written", "searched"),
    [
        ("提款卡", "借记卡"),
        ("帳戶", "账户"),
        ("賬戶", "账户"),
        ("帐户", "账户"),
        ("戶口", "账户"),
        ("開立戶口需要什麼", "开立账户需要什么"),
        ("戶口名簿", "户口名簿"),
        ("农村户口可以贷款吗", "农村户口可以贷款吗"),
        ("網路銀行", "网络银行"),
        ("網絡銀行", "网络银行"),
        ("流動理財", "手机银行"),
        ("行動銀行", "手机银行"),
        ("信用卡額度", "信用卡额度"),
        ("數位帳戶", "数字账户"),
        ("簡訊驗證碼", "短信验证码"),
        ("短訊", "短信"),
        ("登出手機銀行", "登出手机银行"),
        ("身分證", "身份证"),
        ("轉賬轉帳", "转账转账"),
        ("線上説明，綫上說明", "线上说明,线上说明"),
        ("裏面 裡面 里面", "里面 里面 里面"),
        ("後台", "后台"),
        ("申請文件和程序", "申请文件和程序"),
        ("個人資料", "个人资料"),
        ("ＡＴＭ　５０００元", "ATM 5000元"),
        ("唔見咗張卡", "唔见咗张卡"),
        ("衞生署 敍做 枱面 粧容 糭子 衹有", "卫生署 叙做 台面 妆容 粽子 只有"),
        ("信\u200b用\ufe0f卡", "信用卡"),
        ("帳\u200d戶", "账户"),
        ("登\u2060入", "登录"),
        ("卡丢了😭", "卡丢了😭"),
        ("How do I reset my PIN?", "How do I reset my PIN?"),
        ("", ""),
    ],
)
def test_chinese_is_searched_in_one_form(written: str, searched: str) -> None:
    assert to_simplified(written) == searched


@pytest.mark.parametrize("sentence", SIMPLIFIED)
def test_mainland_text_is_not_reworded(sentence: str) -> None:
    assert to_simplified(sentence) == sentence.replace("，", ",")


@given(ANY_TEXT)
def test_simplifying_never_raises(text: str) -> None:
    to_simplified(text).encode()


def test_converters_are_built_once_for_all_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[str] = []

    def build(config: str) -> OpenCC:
        built.append(config)
        return OpenCC(config)

    monkeypatch.setattr("kit.language.OpenCC", build)
    monkeypatch.setattr("kit.language._converters", {})
    with ThreadPoolExecutor(16) as pool:
        results = set(pool.map(to_simplified, ["開戶"] * 200))
    assert results == {"开户"}
    assert built == ["t2s"]
