namespace WunderProxy.ManagerApi.Page;

/// <summary>The sentence of state at the top; the only part of the page that screen readers speak when it changes.</summary>
internal static class StateSection
{
    public static Html Write(PageModel model)
    {
        var state = StateSentence.Of(model);
        return Html.Of($"<div class=\"state {state.Tone.Word()}\">{state.Tone.Sign()}<p id=sentence aria-live=polite>{state.Text}</p></div>");
    }
}
