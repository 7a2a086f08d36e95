using System.Net;
using WunderProxy.Deployments.Applications;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Diagnostics;
using WunderProxy.Deployments.Explanations;
using WunderProxy.Deployments.History;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Switching;

namespace WunderProxy.Deployments.Operations;

/// <summary>The queries of the lifecycle, which change nothing.</summary>
internal sealed class LifecycleReader(Application application, SwitchGuard guard)
{
    /// <summary>Reads the history; the last entry with the hash in service is the current one.</summary>
    /// <exception cref="DeploymentException">The store cannot be reached or refuses.</exception>
    public async Task<IReadOnlyList<HistoryEntryView>> GetHistoryAsync(CancellationToken cancellationToken)
    {
        try
        {
            var history = await application.History.LoadAsync(cancellationToken);
            var current = history.Entries.LastOrDefault(entry => IsInService(entry.Hash));
            return [.. history.Entries.Select(entry => new HistoryEntryView(
                entry.Revision, entry.DeployedAt, entry.DeployedBy, entry.Hash, ReferenceEquals(entry, current)))];
        }
        catch (Exception exception) when (DeploymentFaults.IsKnown(exception))
        {
            throw DeploymentFaults.Of(exception);
        }
    }

    /// <summary>Reads the newest events of all machines, oldest first, as far as the store lets them be known.</summary>
    public async Task<IReadOnlyList<EventView>> GetEventsAsync(CancellationToken cancellationToken)
    {
        var (events, _) = await application.StoredEvents.ReadWithinAsync(
            FleetMeasurements.EventPatience, application.Clock, cancellationToken);
        return [.. events.Select(EventRecorder.ToView)];
    }

    /// <summary>Reads the bytes of a launch config, secrets included.</summary>
    /// <exception cref="DeploymentException">
    /// The launch config does not exist, or the store cannot be reached or refuses.
    /// </exception>
    public async Task<ReadOnlyMemory<byte>> GetConfigAsync(
        LaunchConfigReference reference, CancellationToken cancellationToken)
    {
        try
        {
            return (await application.Configs.LoadAsync(reference, LaunchConfigRepository.MissLife, cancellationToken)).Bytes;
        }
        catch (Exception exception) when (DeploymentFaults.IsKnown(exception))
        {
            throw DeploymentFaults.Of(exception);
        }
    }

    /// <summary>Compares two launch configs of the store.</summary>
    /// <exception cref="DeploymentException">One of them does not exist, or the store cannot be reached.</exception>
    public async Task<DiffView> DiffAsync(string from, string to, bool showsTexts, CancellationToken cancellationToken)
    {
        try
        {
            var history = await application.History.LoadAsync(cancellationToken);
            var finder = new ConfigFinder(
                history, (reference, token) => application.Configs.LoadAsync(reference, LaunchConfigRepository.MissLife, token));
            var before = await finder.FindAsync(from, cancellationToken);
            var after = await finder.FindAsync(to, cancellationToken);
            var measurements = await FleetMeasurements.ReadAsync(application.StoredEvents, application.Clock, cancellationToken);
            return new DiffView(
                SideOf(before, measurements, showsTexts),
                SideOf(after, measurements, showsTexts),
                ConfigDiff.Of(before, after, showsTexts))
            {
                Notes = [.. finder.Notes, .. measurements.Notes],
            };
        }
        catch (Exception exception) when (DeploymentFaults.IsKnown(exception))
        {
            throw DeploymentFaults.Of(exception);
        }
    }

    /// <summary>Judges the last failed launch; null if none is known.</summary>
    public LaunchExplanation? ExplainLaunch() =>
        application.FailedLaunch.Last is { } last ? new LaunchExplanation(last, LaunchCauses.Judge(last)) : null;

    /// <summary>Returns the last switch, with the numbers of both revisions as they are now.</summary>
    public SwitchExplanation? ExplainSwitch()
    {
        if (application.LastSwitch.Last is not { } last)
        {
            return null;
        }

        var now = application.Table.Current;
        var watch = guard.View;
        last = last with
        {
            Kind = last.Kind.Length == 0 ? OperationKind.Start.ToWire() : last.Kind,
            After = now?.Hash.Value == last.Hash ? application.Measure(now) ?? last.After : last.After,
            Guard = watch is not null && IsOf(watch, last) ? watch : null,
        };
        return new SwitchExplanation(last, SwitchJudge.Judge(last));
    }

    /// <summary>Returns the present state without asking engine or store.</summary>
    public LifecycleSnapshot Snapshot()
    {
        var current = application.Table.Current;
        var (engine, store) = (application.Machine.Circuit, application.Store.Circuit);
        var notices = NoticeBoard.Collect(application.Machine.Notices, application.Notices);
        return new LifecycleSnapshot
        {
            Current = application.Traffic.Current,
            Intended = current is null ? null : new TrafficTarget(
                current.Replica.Address?.EndPoint ?? application.Traffic.Current?.EndPoint ?? new IPEndPoint(0, 0),
                current.Replica.Id.Value,
                current.Hash,
                current.Revision),
            Since = current is null ? null : application.Record.Current.Since,
            Health = (current?.Replica.Health ?? HealthState.Unknown).ToWire(),
            HealthReason = current?.Replica.HealthReason,
            DockerState = engine.Fault,
            StoreState = store.Fault,
            Circuits = new CircuitsView(engine.ToView(), store.ToView()),
            Guard = guard.View,
            Operation = application.Gate.View,
            Draining = [.. application.Table.All.Where(d => d.State == DeploymentState.Draining).Select(ToView)],
            Releases = application.Table.ToReleases(),
            Warnings = [.. notices.Select(notice => notice.Message)],
            PublicWarnings = [.. notices.Select(notice => notice.Public)],
        };
    }

    /// <summary>Returns what was done since the process started, without asking engine or store.</summary>
    public LifecycleCounts ReadCounts()
    {
        var statistics = application.Statistics;
        return new LifecycleCounts
        {
            EngineCalls = application.Machine.EngineCalls.Read(),
            StoreCalls = statistics.StoreCalls.Read(),
            Launches = statistics.Launches.Read(),
            Drains = statistics.Drains.Read(),
            Probes = statistics.Probes.Read(),
            Switches = statistics.Switches.Read(),
            GuardRollbacks = statistics.GuardRollbacks.Read(),
            CutOff = statistics.CutOff.Read(),
            PendingWrites = application.Events.PendingCount + application.Record.Current.Intents.Count,
            ImagesBytes = application.ImageSizes.Total(application.Table.All.Select(deployment => deployment.ImageId)),
        };
    }

    /// <summary>Describes one side of a comparison; what is in service here is measured now.</summary>
    private DiffSide SideOf(LaunchConfig config, FleetMeasurements measurements, bool showsHosts)
    {
        var measured = application.Measurements.Of(config.Hash.Value);
        var now = application.Table.Current is { } current && current.Hash == config.Hash ? application.Measure(current) : null;
        var own = now is { Requests: > 0 }
            ? new Measured(config.Hash.Value, measured?.StartSeconds, now) { ServedSeconds = SecondsInService() }
            : measured;
        var all = measurements.Of(config.Hash.Value, own, Environment.MachineName);
        return new DiffSide(config.Hash.Value, config.Revision, showsHosts ? all : all?.ForAnybody());
    }

    private double SecondsInService() =>
        Math.Round(Math.Max(0, (application.Clock.GetUtcNow() - application.Record.Current.Since).TotalSeconds), 3);

    /// <summary>Whether the guard's watch was of this switch, or led to it by switching back.</summary>
    private static bool IsOf(GuardView watch, SwitchRecord last) =>
        (watch.Hash == last.Hash && watch.FromHash == last.FromHash)
        || (last.Kind == EventType.GuardRollback && watch.FromHash == last.Hash);

    private DrainView ToView(Deployment deployment)
    {
        var drain = deployment.Drain;
        var held = drain?.Traffic.Holders ?? default;
        var since = drain?.Since ?? deployment.UsedAt;
        var (exchanges, upgraded) = (application.Options.DrainTimeout, application.Options.DrainUpgradedTimeout);
        return new DrainView(
            deployment.Hash.Value, deployment.Revision, deployment.Replica.Id.Value, held.Total, since)
        {
            Exchanges = held.Exchanges,
            EventStreams = held.EventStreams,
            LongResponses = held.LongResponses,
            Upgraded = held.Upgraded,
            ExchangesUntil = since + exchanges,
            UpgradedUntil = since + upgraded,
            SecondsLeft = drain is null || held.Total == 0 ? 0 : SecondsLeft(drain, held.LongLived > 0 ? upgraded : exchanges),
        };
    }

    private double SecondsLeft(DrainHandle drain, TimeSpan patience)
    {
        var left = patience - application.Clock.GetElapsedTime(drain.Began);
        return left > TimeSpan.Zero ? Math.Round(left.TotalSeconds, 3) : 0;
    }

    private bool IsInService(string hash) =>
        application.Table.Current is { } current && LaunchConfigReference.TryParse(hash, out var reference) && current.IsOf(reference);
}
