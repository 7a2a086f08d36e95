namespace WunderProxy.ManagerApi.Page;

/// <summary>The latest text of each section, with the time since when it stands.</summary>
internal sealed class SectionTexts(TimeProvider clock)
{
    /// <summary>
    /// How long a change is told: longer than <see cref="Events.EventWatcher.WriteTimeout"/>, after which a watcher that
    /// takes nothing is dropped, and has to come again.
    /// </summary>
    internal static readonly TimeSpan Told = Events.EventWatcher.WriteTimeout + TimeSpan.FromSeconds(2);

    private readonly (string Text, long Since)[] _texts = new (string, long)[PageSections.All.Count];

    /// <summary>Takes new texts and returns those that have changed of late, with the ids of their sections.</summary>
    /// <param name="texts">The texts of all sections, in their order.</param>
    public IEnumerable<(string Id, string Html)> Change(string[] texts)
    {
        var now = clock.GetTimestamp();
        List<(string, string)> changed = [];
        for (var index = 0; index < texts.Length; index++)
        {
            if (_texts[index].Text != texts[index])
            {
                _texts[index] = (texts[index], now);
            }

            if (clock.GetElapsedTime(_texts[index].Since, now) < Told)
            {
                changed.Add((PageSections.All[index].Id, texts[index]));
            }
        }

        return changed;
    }
}
