"""What the lexicons of goods and harm say of whole messages: honest business stays, other wordings are still found."""

import pytest

from pipeline.domain.events import Content
from pipeline.testing.readers import build_reader

READER = build_reader()
BLOCKING = ("severe", "certain")

HONEST = (
    "Boots Pharmacy: your prescription is ready for collection at the counter.",
    "Your repeat prescription has been sent to the pharmacy. Questions? Call us.",
    "City Clinic: your appointment is tomorrow at nine. Reply C to confirm.",
    "Reminder: your dental check-up is on 3 May at 10:30.",
    "Flu jabs available now at our pharmacy, no prescription needed.",
    "Free HIV testing day this Saturday at the market square, no appointment needed.",
    "World Diabetes Day: get tested free at our clinic.",
    "Your bank will never ask for your PIN, password or CVV. Do not share them with anyone.",
    "123456 is your verification code. Do not share it with anyone.",
    "Your OTP for the card payment of INR 4,500.00 is 482913. Valid for 5 minutes.",
    "Your password was changed. If this was not you, call us.",
    "Use 8841 as your one time password for Sunny Bakery.",
    "Debit card ending 1111 used at Casino Supermarche for EUR 23.10.",
    "Your account is overdue by $40. Please pay by 5 May or call us to agree a plan.",
    "Final reminder: invoice 2210 is unpaid. It goes to our collection partner on Monday.",
    "Your parcel is out for delivery. The driver knows where to leave it.",
    "Killer deals are waiting for you in store, come and see us.",
    "These prices will blow you away! Shop now and save 30%.",
    "Pizza, garlic bread and two cokes, delivered in 30 minutes. Order now.",
    "New weed killer and lawn feed in stock at Green Garden Centre.",
    "Speed up your broadband: 500 Mbit/s from £25, order today.",
    "Crystal glasses half price this week, shop online.",
    "Molly, your table for four is booked for Friday at eight.",
    "Toy guns, water pistols and Nerf blasters: 2 for 1, in stock now.",
    "Airsoft club: new rifles in stock, members 10% off.",
    "Replacement driving licence: apply at the office, delivery by post in 5 days.",
    "Beware of fake passports sold online. Buy only from the passport office.",
    "AAA batteries, pack of 12, for watches and remotes, on sale.",
    "Parental control plan: your subscription renews on 3 December.",
    "Track your parcel in our app, no need to call.",
    "Protect your phone: our antivirus finds spyware and hidden trackers. Free trial.",
    "If you feel like hurting yourself, call the helpline on 988 at any time.",
    "School: your children go on a trip on Friday, please pay £5 by Wednesday.",
    "Church service on Sunday at ten. All are welcome, Muslims, Christians and Jews.",
    "Your credit union membership card is in the post.",
    "Kids' shoes on sale: buy one pair, get one free.",
    "Baby monitors for sale, cheap prices, delivered tomorrow.",
    "Ketamine therapy: sessions for depression, how our clinic works. Prices on our site.",
    "Sex education evening for parents at the school, tickets available.",
    "Your adult swimming class starts on Monday, book now.",
    "Your security escort will call you at the gate.",
    "Su pedido sale hoy. El costo de la entrega es de 3 €.",
    "María, tu cita es el lunes. Compra tus entradas en la web.",
    "Farmacia: su receta está lista, precio 4 €.",
    "Votre commande est prête. Coca offert avec chaque pizza, livraison gratuite.",
    "Votre carte a été payée 20 € chez Géant Casino.",
    "DSL Speed 100: jetzt bestellen, Preise ab 20 €.",
    "Die Teile für Ihr Auto sind lieferbar, Preise auf Anfrage.",
    "Ihr Termin in der Praxis ist morgen um neun.",
    "Il suo appuntamento è lunedì alle nove. Prezzo della visita 40 €.",
    "Seu pedido saiu para entrega. Preço do frete: R$ 10.",
    "Ваш заказ в пункте выдачи. Стоимость доставки 200 р.",
    "Siparişiniz kargoya verildi. Fiyat 120 TL.",
    "طلبك في الطريق. سعر التوصيل عشرة ريال.",
    "आपका ऑर्डर डिलीवरी के लिए निकल गया है।",
    "Pesanan Anda sedang dikirim. Total harga Rp 50.000.",
    "Đơn hàng của bạn đang được giao. Giá 120.000đ.",
    "您的快递已到，请凭取件码 1234 领取。",
    "ご注文の商品を発送しました。配送番号は1234です。",
    "พัสดุของคุณกำลังจัดส่ง ราคา 120 บาท",
    "고객님의 주문이 배송 중입니다. 문의는 고객센터로.",
    "【银行】您尾号1111的卡消费100元，余额2000元。",
)

ABUSIVE = (
    ("4.1", "Got fresh ketamine and shrooms, delivery tonight, hit me up on Signal"),
    ("4.1", "c o c a i n e and mdma for sale, discreet shipping"),
    ("4.1", "Oxycodone, Xanax, Adderall: no script needed, overnight shipping"),
    ("4.1", "Unregistered Glock and ammo, cash only, message me"),
    ("4.1", "Order your residence permit, database registered, no interview"),
    ("4.1", "Counterfeit euros, pass the pen test, price per 1000, Telegram"),
    ("4.1", "Join today: 200 free spins and £50 casino bonus"),
    ("4.1", "Vendo MDMA y ketamina, entrega a domicilio"),
    ("4.1", "Verkaufe Kokain und Ecstasy, Lieferung heute"),
    ("4.1", "Faux passeport et permis, livraison rapide"),
    ("4.1", "ขายยาไอซ์ ส่งทั่วไทย"),
    ("4.1", "Jual ijazah palsu, kirim seluruh Indonesia"),
    ("4.2", "Louis Vuitton mirror quality handbags, wholesale price, DM"),
    ("4.2", "Jailbroken Firestick with all sports, order now"),
    ("4.3", "Phishing panel with all banks for sale, Telegram"),
    ("4.4", "We are going to shoot you and burn your house"),
    ("4.4", "Nobody would miss you, go hang yourself"),
    ("4.4", "All Muslims should be deported"),
    ("4.4", "Te vamos a matar si hablas con la policía"),
    ("4.4", "Мы убьём тебя и твоих детей"),
    ("2.3", "See your girlfriend's chats and location, she will never notice, spy app for sale"),
    ("2.3", "Hire a professional hacker for any Instagram account"),
    ("2.3", "Spia il telefono di tuo marito di nascosto"),
    ("2.3", "Sell your kidney, $30000 paid at once"),
    ("5.4", "Clear the loan or police will come to your office"),
    ("5.4", "We will message your family that you are a loan defaulter"),
    ("5.4", "You disgusting liar, we know where your daughter works"),
    ("5.4", "Bayar hutang atau data kamu disebar ke semua kontak"),
    ("7.4", "Mr Lee, your chlamydia test was positive"),
    ("7.4", "Your methadone prescription is ready"),
    ("7.4", "Ihr Krebs-Befund ist positiv"),
    ("7.4", "您好王女士，您的怀孕检测结果为阳性"),
    ("6.4", "Hot singles in your area want to meet you tonight, text now"),
    ("6.4", "Vape juice 3 for 2, shop now"),
    ("6.4", "Two for one cocktails tonight at Bar Blue"),
)


@pytest.mark.parametrize("text", HONEST)
def test_no_honest_message_is_blocked(text: str) -> None:
    """Nor does one of these raise a suspicion of any kind."""
    assert [hit.id for hit in READER.read(Content("text", text)).hits if hit.severity != "weak"] == []


@pytest.mark.parametrize(("clause", "text"), ABUSIVE)
def test_other_wordings_are_found(clause: str, text: str) -> None:
    """By a pattern of the clause that is meant, though no list holds this text as an example."""
    assert clause in {hit.clause for hit in READER.read(Content("text", text)).hits}


def test_concern_for_a_life_does_not_block() -> None:
    """It is no offence: a human must see it, and the message is not evidence of one."""
    hits = READER.read(Content("text", "I can't go on, I want to end my life")).hits
    assert {hit.category for hit in hits} == {"self-harm.concern"}
    assert not any(hit.severity in BLOCKING for hit in hits)
