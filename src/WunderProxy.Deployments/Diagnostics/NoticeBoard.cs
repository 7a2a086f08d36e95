using Microsoft.Extensions.Logging;

namespace WunderProxy.Deployments.Diagnostics;

/// <summary>
/// The warnings that an operator should see at present, one for each topic; a warning is logged when it changes.
/// </summary>
internal sealed class NoticeBoard(ILogger log)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Notice> _notices = new(StringComparer.Ordinal);

    /// <summary>Returns the warnings of several boards as one list, in the order of their topics.</summary>
    public static IReadOnlyList<Notice> Collect(params ReadOnlySpan<NoticeBoard> boards)
    {
        var all = new List<Notice>();
        foreach (var board in boards)
        {
            lock (board._lock)
            {
                all.AddRange(board._notices.Values);
            }
        }

        all.Sort((one, other) => string.CompareOrdinal(one.Topic, other.Topic));
        return all;
    }

    /// <summary>Whether there is a warning for a topic.</summary>
    public bool Has(string topic)
    {
        lock (_lock)
        {
            return _notices.ContainsKey(topic);
        }
    }

    /// <summary>Sets the warning of a topic, or removes it with null.</summary>
    /// <param name="topic">Subject of the warning; a later warning of the same topic replaces it.</param>
    /// <param name="message">The message in our own words.</param>
    /// <param name="quoted">What engine, store, launch config or application said; null for nothing.</param>
    public void Warn(string topic, string? message, string? quoted = null)
    {
        bool isNew;
        lock (_lock)
        {
            if (message is null)
            {
                _notices.Remove(topic);
                return;
            }

            var notice = new Notice(topic, quoted is null ? message : SecretMask.Empty.Apply($"{message}: {quoted}"), message);
            isNew = _notices.GetValueOrDefault(topic).Message != notice.Message;
            _notices[topic] = notice;
            message = notice.Message;
        }

        if (isNew)
        {
            DeploymentLog.Warned(log, message);
        }
    }
}
