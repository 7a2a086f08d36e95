using WunderProxy.Forwarding.Diagnostics;

namespace WunderProxy.Forwarding.Connections;

/// <summary>
/// The client connections of one loop. Changed on that loop only; the counts can be read from any thread.
/// </summary>
internal sealed class ConnectionRegistry
{
    private readonly int[] _counts = new int[(int)ConnectionState.Closed + 1];
    private TrackedConnection? _first;
    private TrackedConnection? _last;

    /// <summary>The connection accepted first, or null; <see cref="TrackedConnection.PreviousTracked"/> leads to newer ones.</summary>
    public TrackedConnection? Oldest => _last;

    /// <summary>Number of connections by state.</summary>
    public ConnectionCounts Counts => new(
        Volatile.Read(ref _counts[(int)ConnectionState.New]),
        Volatile.Read(ref _counts[(int)ConnectionState.Active]),
        Volatile.Read(ref _counts[(int)ConnectionState.Idle]),
        Volatile.Read(ref _counts[(int)ConnectionState.Upgraded]));

    /// <summary>Adds an accepted connection as the newest one.</summary>
    public void Add(TrackedConnection connection)
    {
        _counts[(int)connection.State]++;
        connection.NextTracked = _first;
        if (_first is { } next)
        {
            next.PreviousTracked = connection;
        }

        _first = connection;
        _last ??= connection;
    }

    /// <summary>Closes every connection that has nothing in progress.</summary>
    public void CloseIdle() => ForEach(static connection => connection.CloseIfIdle());

    /// <summary>Cuts off the exchanges that only their clients are not done with.</summary>
    public void EndWithoutUpstream() => ForEach(static connection => connection.EndIfWithoutUpstream());

    /// <summary>Aborts every connection at once.</summary>
    public void AbortAll() => ForEach(static connection => connection.Abort());

    /// <summary>Moves a connection from one count to another and removes a closed one.</summary>
    public void OnMoved(TrackedConnection connection, ConnectionState from, ConnectionState to)
    {
        _counts[(int)from]--;
        if (to == ConnectionState.Closed)
        {
            Remove(connection);
        }
        else
        {
            _counts[(int)to]++;
        }
    }

    private void ForEach(Action<TrackedConnection> work)
    {
        for (var connection = _first; connection is not null;)
        {
            // The work may close the connection and thereby remove it during the call.
            var next = connection.NextTracked;
            work(connection);
            connection = next;
        }
    }

    private void Remove(TrackedConnection connection)
    {
        if (connection.PreviousTracked is { } previous)
        {
            previous.NextTracked = connection.NextTracked;
        }
        else
        {
            _first = connection.NextTracked;
        }

        if (connection.NextTracked is { } next)
        {
            next.PreviousTracked = connection.PreviousTracked;
        }
        else
        {
            _last = connection.PreviousTracked;
        }

        connection.PreviousTracked = null;
        connection.NextTracked = null;
    }
}
