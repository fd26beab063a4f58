"""The first groups of synonyms; editors keep them in the admin from here on."""

import uuid

from django.db import migrations

GROUPS = (
    "mākslīgais intelekts|MI|AI|artificial intelligence|искусственный интеллект|ИИ|нейросети|neironu tīkli",
    "ChatGPT|čatgpt|čats gpt|GPT|чатгпт|Copilot",
    "IT|IKT|EIKT|ICT|informācijas tehnoloģijas|datorzinības|айти|ИТ",
    "grāmatvedība|grāmatvedis|grāmatošana|accounting|accountant|bookkeeping|бухгалтерия|бухгалтер|бухучет|1C",
    "programmēšana|programmētājs|kodēšana|kodēt|koderis|coding|programming|programmer|developer|программирование|программист",
    "programmētājs|programmēšanas tehniķis|programmer|программист",
    "kiberdrošība|kiberdrošības speciālists|cybersecurity|cyber security|кибербезопасность|информационная безопасность",
    "datortehniķis|datorsistēmu tehniķis|computer technician|компьютерный мастер",
    "datora remonts|datoru remonts|remontēt datorus|salabot datoru|computer repair|ремонт компьютеров",
    "mājaslapa|mājas lapa|tīmekļa vietne|interneta vietne|interneta lapa|vietne|website|web page|homepage|сайт|веб-сайт",
    "interneta veikals|e-veikals|e-komercija|tiešsaistes veikals|online shop|e-commerce|ecommerce|webshop|интернет-магазин",
    "sociālie tīkli|soctīkli|Facebook|Instagram|TikTok|social media|социальные сети|соцсети",
    "mārketings|reklāma|marketing|advertising|маркетинг|реклама",
    "digitālais mārketings|interneta mārketings|digital marketing|SMM|интернет-маркетинг",
    "pārdošana|tirdzniecība|sales|selling|продажи",
    "izklājlapas|Excel|eksel|ekselis|tabulas|spreadsheet|spreadsheets|эксель|таблицы",
    "mašīnmācīšanās|machine learning|ML|машинное обучение",
    "datu analīze|datu analītika|datu analītiķis|data analysis|data analytics|data analyst|анализ данных|аналитика данных",
    "datubāze|datu bāze|SQL|database|база данных|базы данных",
    "virtuālā realitāte|VR|AR|papildinātā realitāte|virtual reality|augmented reality|виртуальная реальность",
    "lietu internets|IoT|internet of things|интернет вещей",
    "lietotāja pieredze|UX|UX dizains|UI|user experience|lietojamība",
    "personas datu aizsardzība|datu aizsardzība|GDPR|VDAR|VPDR|data protection|защита данных",
    "ģeogrāfiskās informācijas sistēmas|ĢIS|GIS|kartogrāfija|ГИС",
    "e-paraksts|eparaksts|elektroniskais paraksts|e-signature|электронная подпись",
    "mobilā lietotne|mobilā aplikācija|lietotne|aplikācija|mobile app|app|мобильное приложение|приложение",
    "datorspēles|spēļu izstrāde|game development|gamedev|компьютерные игры|разработка игр",
    "krāpšana|krāpnieki|blēži|scam|fraud|phishing|pikšķerēšana|мошенники|мошенничество",
    "attālinātais darbs|darbs no mājām|strādāt no mājām|tāldarbs|remote work|home office|удаленная работа",
    "projektu vadība|projektu vadītājs|vadīt projektus|project management|project manager|управление проектами",
    "dizains|dizainers|grafiskais dizains|design|designer|graphic design|дизайн|дизайнер",
    "fotoattēlu apstrāde|attēlu apstrāde|bilžu apstrāde|Photoshop|fotošops|image editing|photo editing|обработка фото|фотошоп",
    "video montāža|video veidošana|filmēšana|video editing|монтаж видео|видеомонтаж",
    "podkāsts|podkasts|raidieraksts|podcast|подкаст",
    "robotika|roboti|robotics|робототехника",
    "3D druka|trīsdimensiju druka|trīsdimensiju modelēšana|3D modelēšana|3D printing|3D modelling|3D-печать",
    "rasēšana|AutoCAD|CAD|rasējums|черчение",
    "videonovērošana|novērošanas kameras|CCTV|video surveillance|видеонаблюдение",
    "viedā māja|gudrā māja|smart home|умный дом",
    "lietvedība|biroja darbs|sekretāre|sekretārs|office work|secretary|делопроизводство",
    "prezentācija|PowerPoint|slaidi|presentation|slides|презентация",
    "dokumentu noformēšana|teksta apstrāde|Word|vords|text formatting|ворд",
    "datortīkls|tīkls|network|networking|компьютерные сети|сети",
    "sistēmu administrators|sistēmadministrators|sysadmin|serveru administrēšana|system administrator|системный администратор",
    "uzturēšana|administrēšana|apkope|maintenance|administration|обслуживание",
    "mākonis|mākoņpakalpojumi|mākoņtehnoloģijas|cloud|облако",
    "parole|paroles|password|passwords|пароль|пароли",
    "tūrisms|tourism|туризм",
    "finanses|finanšu plāns|budžets|finance|budget|финансы|бюджет",
    "testēšana|testētājs|QA|testing|tester|тестирование|тестировщик",
    "procesu automatizācija|RPA|automatizācija|automation|robotizācija|автоматизация",
    "Latvijas Universitāte|LU|University of Latvia|Латвийский университет",
    "Rīgas Tehniskā universitāte|RTU|Riga Technical University|РТУ",
    "Biznesa augstskola Turība|BAT|Turība|Turiba",
    "Vidzemes Augstskola|ViA|Vidzeme University",
    "Rīgas Valsts tehnikums|RVT",
    "Jēkabpils Tehnoloģiju tehnikums|JTT",
)


def seed(apps, schema_editor):
    Synonyms = apps.get_model("catalogue", "Synonyms")
    Synonyms.objects.using(schema_editor.connection.alias).bulk_create(
        Synonyms(id=uuid.uuid4(), words="\n".join(group.split("|"))) for group in GROUPS
    )


class Migration(migrations.Migration):

    dependencies = [("catalogue", "0008_search_index")]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
