namespace WunderProxy.Deployments.Acme;

/// <summary>
/// Keeps the pauses between orders and the numbers of failures over restarts. An order counts as failed from its beginning
/// until it has succeeded: a program that ends in the course of an order, and is started again, does not order each time.
/// </summary>
/// <param name="state">The state directory.</param>
/// <param name="directory">The directory of the server that is ordered from.</param>
/// <param name="hosts">The hosts that are ordered.</param>
/// <param name="clock">For all times.</param>
internal sealed class OrderPauses(AcmeState state, Uri directory, IReadOnlyCollection<ManagedHost> hosts, TimeProvider clock)
{
    /// <summary>Most failures that are believed of a file; more change no pause.</summary>
    private const int MaxFailures = 1_000;

    private bool _isEmpty;

    /// <summary>
    /// Gives the hosts the pauses and the numbers of failures that the state directory has. A file from the future was written
    /// by a clock that was ahead: its pauses begin anew now.
    /// </summary>
    public void Restore()
    {
        var document = state.ReadPauses(directory);
        var now = clock.GetUtcNow();
        var ahead = document?.Written is { } written && written - now > CertificateWarnings.ClockTolerance
            ? written - now
            : TimeSpan.Zero;
        foreach (var host in hosts)
        {
            if (document?.Failures?.TryGetValue(host.Name, out var failures) == true)
            {
                host.Failures = Math.Clamp(failures, 0, MaxFailures);
            }

            host.IsPauseKept = host.Failures > 0;

            if (document?.Until?.TryGetValue(host.Name, out var until) != true)
            {
                continue;
            }

            // A longer pause was begun by a clock that was wrong.
            until = ManagedHost.Earlier(until, ahead);
            if (until > now && until <= now + RenewalTimes.LongestPause)
            {
                (host.NextOrder, host.IsPauseKept) = (until, true);
            }
        }

        if (ahead > TimeSpan.Zero)
        {
            // Else the pauses would begin anew with each restart.
            Save();
        }
    }

    /// <summary>Writes the pauses as they are, if the state directory can be written.</summary>
    public void Save() => Save(ordering: null);

    /// <summary>Writes the pauses as they will be if the order of a host, which now begins, fails.</summary>
    public void SaveBeginning(ManagedHost host) => Save(host);

    private void Save(ManagedHost? ordering)
    {
        var now = clock.GetUtcNow();
        var until = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        var failures = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var host in hosts.Where(host => host == ordering || host.IsPauseKept))
        {
            var count = host == ordering ? host.Failures + 1 : host.Failures;
            var next = host == ordering ? now + host.PauseAfter(count, retryAfter: null, now) : host.NextOrder;
            if (next > now)
            {
                until[host.Name] = next;
            }

            if (count > 0)
            {
                failures[host.Name] = count;
            }
        }

        if (until.Count == 0 && failures.Count == 0)
        {
            if (!_isEmpty)
            {
                state.RemovePauses();
            }

            _isEmpty = true;
            return;
        }

        _isEmpty = false;
        state.TryWritePauses(new PausesDocument(directory.AbsoluteUri, until, failures, now));
    }
}
