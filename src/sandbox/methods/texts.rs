//! Texts that follow the portal's language (`reference`: "localised").

use super::super::state::Portal;

/// A text that the portal shows to people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Text {
    /// Registration or saving met a taken address or login.
    EmailTaken,
    /// A custom field that must be filled is not.
    FieldMissing,
    /// A date is none.
    WrongDate,
    /// All seats of the tariff are taken.
    NoSeat,
    /// An e-mail address is none.
    WrongEmail,
    /// The group's number is wrong.
    WrongGroup,
    /// There is no such group.
    NoGroup,
    /// The caller may not invite to the group.
    NoGroupRights,
    /// What the invitation says by default.
    Invitation,
}

/// Says a text in the portal's language.
pub fn say(portal: &Portal, text: Text) -> &'static str {
    let (russian, english) = match text {
        Text::EmailTaken => {
            ("Пользователь с таким e-mail уже существует", "A user with this email already exists")
        }
        Text::FieldMissing => ("Не заполнено обязательное поле", "A required field is not filled"),
        Text::WrongDate => ("Неверный формат даты", "Incorrect date format"),
        Text::NoSeat => {
            ("Превышено максимальное количество пользователей", "The maximum number of users is exceeded")
        }
        Text::WrongEmail => ("Неверный e-mail", "Wrong e-mail"),
        Text::WrongGroup => ("Неверный код группы", "Incorrect group ID"),
        Text::NoGroup => ("Группа не найдена", "The group is not found"),
        Text::NoGroupRights => {
            ("Нет прав на приглашение в группу", "You have no permission to invite to the group")
        }
        Text::Invitation => ("Приглашаем вас на наш портал", "You are invited to our portal"),
    };
    if portal.settings.russian { russian } else { english }
}
