namespace WunderProxy.ManagerApi.Events;

/// <summary>
/// A way to show the present state on the live stream. The text is made at most once a second for all watchers of the
/// view with the same rights, only while there are any, and sent only when it has changed.
/// </summary>
/// <param name="Name">Value of <c>?view=</c> by which a watcher asks for it; empty for the view without a name.</param>
/// <param name="Event">Name of the event on the stream, such as <c>snapshot</c>.</param>
/// <param name="Write">
/// Makes the text, of any number of lines. Must not wait; an exception leaves this tick out and is logged.
/// </param>
internal sealed record LiveView(string Name, string Event, Func<LiveFacts, string> Write);
