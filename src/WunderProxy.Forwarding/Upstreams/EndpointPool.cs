using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Forwarding.Upstreams;

/// <summary>
/// The part of an endpoint that one loop owns: its idle connections. The one used last is taken first, so that the
/// others can age. No locks: only the loop calls the members, unless they say otherwise.
/// </summary>
internal sealed class EndpointPool(Endpoint endpoint, TransportLoop loop) : LoopTimer
{
    /// <summary>
    /// Longest idle time in milliseconds. Servers close idle connections after 5 s (Node.js) or more; closing earlier
    /// avoids the race.
    /// </summary>
    public const int MaxIdleMilliseconds = 4_000;

    private UpstreamConnection? _newest;
    private UpstreamConnection? _oldest;
    private int _isClearing;
    private int _open;

    /// <summary>The endpoint to which the connections lead.</summary>
    public Endpoint Endpoint => endpoint;

    /// <summary>The loop that owns the pool.</summary>
    public TransportLoop Loop => loop;

    /// <summary>Number of idle connections in the pool.</summary>
    public int Count { get; private set; }

    /// <summary>Number of open connections, in use or idle; readable from any thread.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>Counts a connection that was opened.</summary>
    public void OnOpened() => _open++;

    /// <summary>Counts a connection that was closed.</summary>
    public void OnClosed() => _open--;

    /// <summary>Takes an idle connection that can carry another exchange.</summary>
    /// <returns>The connection, or null if there is none, so that the caller connects.</returns>
    public UpstreamConnection? Take()
    {
        while (_newest is { } connection)
        {
            Unlink(connection);
            if (loop.NowMilliseconds - connection.IdleSinceMilliseconds < MaxIdleMilliseconds
                && connection.AddressVersion == endpoint.AddressVersion
                && connection.Transport.IsReusable)
            {
                connection.IsReused = true;
                return connection;
            }

            connection.Close();
        }

        return null;
    }

    /// <summary>Keeps a connection for the next exchange, or closes it if it cannot carry one.</summary>
    public void Return(UpstreamConnection connection)
    {
        if (!endpoint.KeepsIdle || !connection.Transport.IsReusable)
        {
            connection.Close();
            return;
        }

        connection.IdleSinceMilliseconds = loop.NowMilliseconds;
        Link(connection);
        if (DueMilliseconds == 0)
        {
            loop.Timers.Arm(this, loop.NowMilliseconds, MaxIdleMilliseconds);
        }
    }

    /// <summary>Closes all idle connections of the pool.</summary>
    public void Clear()
    {
        while (_oldest is { } connection)
        {
            Unlink(connection);
            connection.Close();
        }
    }

    /// <summary>Closes all idle connections soon, on the loop. Called from any thread.</summary>
    public void ClearSoon()
    {
        if (Count == 0 || Interlocked.Exchange(ref _isClearing, 1) != 0)
        {
            return;
        }

        loop.Post(
            static state =>
            {
                var pool = (EndpointPool)state!;
                Volatile.Write(ref pool._isClearing, 0);
                pool.Clear();
            },
            this);
    }

    /// <summary>Closes all idle connections, unless the endpoint has come back into service before this work was run.</summary>
    public void OnReplaced()
    {
        if (!endpoint.KeepsIdle)
        {
            Clear();
        }
    }

    /// <summary>
    /// Handles the end of a connection by the remote end: an idle connection is dropped at once; an exchange finds out
    /// by reading.
    /// </summary>
    public void OnRemoteClosed(UpstreamConnection connection)
    {
        if (connection.IsIdle)
        {
            Unlink(connection);
            connection.Close();
        }
    }

    /// <inheritdoc/>
    protected internal override void OnElapsed()
    {
        var now = loop.NowMilliseconds;
        while (_oldest is { } connection)
        {
            var left = connection.IdleSinceMilliseconds + MaxIdleMilliseconds - now;
            if (left > 0)
            {
                loop.Timers.Arm(this, now, left);
                return;
            }

            Unlink(connection);
            connection.Close();
        }
    }

    private void Link(UpstreamConnection connection)
    {
        connection.IsIdle = true;
        connection.Older = _newest;
        if (_newest is { } older)
        {
            older.Newer = connection;
        }
        else
        {
            _oldest = connection;
        }

        _newest = connection;
        Count++;
    }

    private void Unlink(UpstreamConnection connection)
    {
        if (connection.Older is { } older)
        {
            older.Newer = connection.Newer;
        }
        else
        {
            _oldest = connection.Newer;
        }

        if (connection.Newer is { } newer)
        {
            newer.Older = connection.Older;
        }
        else
        {
            _newest = connection.Older;
        }

        connection.Older = null;
        connection.Newer = null;
        connection.IsIdle = false;
        Count--;
    }
}
