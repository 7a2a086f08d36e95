namespace WunderProxy.ManagerApi.Page;

/// <summary>
/// A button that makes a change: the script asks first, in a dialog, and then calls the API with the reader's token.
/// </summary>
/// <param name="Label">The words on the button.</param>
/// <param name="Call">The path of the call, relative to the page.</param>
/// <param name="Body">The body of the call.</param>
/// <param name="Question">The heading of the dialog.</param>
/// <param name="Consequence">What the call does, and how fast.</param>
internal sealed record ActionButton(string Label, string Call, string Body, string Question, string Consequence)
{
    /// <summary>What the button concerns, for screen readers, where several buttons have the same words.</summary>
    public string Subject { get; init; } = string.Empty;

    /// <summary>
    /// Key by which the page knows the button. A button and the one that takes its place, such as pause and resume, have the
    /// same key, so that the focus stays where it is.
    /// </summary>
    public string Key { get; init; } = $"{Call} {ShortId.Of(Body)}";

    /// <summary>Returns the markup of the button.</summary>
    public Html Write() => Html.Of(
        $"<button type=button data-key=\"{Key}\" data-call=\"{Call}\" data-body=\"{Body}\" data-ask=\"{Question}\" data-says=\"{Consequence}\">{Label}{Hidden}</button>");

    private Html? Hidden => Subject.Length > 0 ? Html.Of($"<span class=sr> {Subject}</span>") : null;
}
