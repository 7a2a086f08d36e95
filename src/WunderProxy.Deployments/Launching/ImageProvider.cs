using System.Net;
using WunderProxy.Deployments.Applications;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Docker;
using WunderProxy.Deployments.Docker.Archives;
using WunderProxy.Deployments.Docker.Models;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.Launching;

/// <summary>Gets a launch config's image onto the machine: it is there, or is pulled, or is loaded from a bucket.</summary>
internal sealed class ImageProvider(
    EngineImages images,
    ImageNames names,
    LifecycleOptions options,
    RegistryCredentials credentials,
    Func<string, IObjectStore> openBucket,
    TimeProvider clock)
{
    private const string Step = "pulling";

    private static readonly TimeSpan ReportInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>Whether it is on this machine already.</summary>
    public async Task<bool> IsPresentAsync(LaunchConfig config, CancellationToken cancellationToken) =>
        await images.FindAsync(names.DemandOf(config), cancellationToken) is not null;

    /// <summary>Provides the image.</summary>
    /// <param name="config">Whose image.</param>
    /// <param name="beforeTransfer">Called once when it has to be pulled or loaded.</param>
    /// <param name="progress">Hears of bytes.</param>
    /// <param name="cancellationToken">Cancels the transfer.</param>
    /// <exception cref="DeploymentException">It is nowhere, or cannot be got.</exception>
    public async Task<ProvidedImage> EnsureAsync(
        LaunchConfig config,
        Action beforeTransfer,
        IProgress<DeploymentProgress> progress,
        CancellationToken cancellationToken)
    {
        var name = names.DemandOf(config);
        var present = config.ForceReload ? null : await images.FindAsync(name, cancellationToken);
        if (present is not null)
        {
            return new ProvidedImage(name, present, "created");
        }

        beforeTransfer();
        var pullFailure = await TryPullAsync(name, progress, cancellationToken);
        var method = "pulled";
        if (pullFailure is not null)
        {
            if (config.ImageBucket.Length == 0 || !await TryLoadAsync(config, name, progress, cancellationToken))
            {
                throw pullFailure;
            }

            method = "loaded";
        }

        var details = await images.FindAsync(name, cancellationToken)
            ?? throw DeploymentFaults.Launch(LaunchFailure.PullFailed, $"image {name} is not on this machine after it was {method}");
        return new ProvidedImage(name, details, method);
    }

    private async Task<DeploymentException?> TryPullAsync(
        string name, IProgress<DeploymentProgress> progress, CancellationToken cancellationToken)
    {
        var image = ImageName.Parse(name);
        progress.Report(new DeploymentProgress(Step, $"pulling {name}"));
        var withoutLogin = "";
        try
        {
            var (login, missing) = await FindLoginAsync(image.Registry, cancellationToken);
            withoutLogin = missing is null ? "" : $" (asked without a login: {missing})";
            await images.PullAsync(
                image, login, options.PullStallTimeout, Throttle($"pulling {name}", progress), cancellationToken);
            return null;
        }
        catch (DockerEngineException fault)
        {
            var reason = fault.StatusCode == HttpStatusCode.NotFound ? LaunchFailure.ImageNotFound : LaunchFailure.PullFailed;
            return DeploymentFaults.Launch(reason, $"image {name} cannot be pulled: {fault.Message}{withoutLogin}", fault);
        }
        catch (Exception fault) when (fault is TimeoutException or InvalidDataException)
        {
            var reason = fault is TimeoutException ? LaunchFailure.PullTimeout : LaunchFailure.PullFailed;
            return DeploymentFaults.Launch(reason, $"image {name} cannot be pulled: {fault.Message}", fault);
        }
    }

    /// <summary>The login, or why the helper that may have it gives none: the Docker client then asks without one.</summary>
    private async Task<(RegistryLogin? Login, string? Missing)> FindLoginAsync(string registry, CancellationToken cancellationToken)
    {
        try
        {
            return (await credentials.FindAsync(registry, cancellationToken), null);
        }
        catch (CredentialHelperException fault)
        {
            return (null, fault.Message);
        }
    }

    private async Task<bool> TryLoadAsync(
        LaunchConfig config, string name, IProgress<DeploymentProgress> progress, CancellationToken cancellationToken)
    {
        using var bucket = openBucket(config.ImageBucket);
        foreach (var key in ObjectKey.Images(options.Prefix, config.Revision))
        {
            await using var archive = await bucket.OpenReadAsync(key, cancellationToken);
            if (archive is not null)
            {
                progress.Report(new DeploymentProgress(Step, $"loading {key} from {bucket.Description}", 0, archive.LengthBytes));
                await LoadAsync(archive, key, name, progress, cancellationToken);
                return true;
            }
        }

        return false;
    }

    private async Task LoadAsync(
        ObjectContent archive,
        string key,
        string name,
        IProgress<DeploymentProgress> progress,
        CancellationToken cancellationToken)
    {
        var wanted = ImageName.Parse(name);
        if (wanted.HasDigest)
        {
            throw DeploymentFaults.Launch(
                LaunchFailure.LoadFailed, $"{key} cannot be loaded: an image that is named by its digest, {name}, comes from registries alone");
        }

        await using var named = new ImageArchive(archive.Content, wanted);
        var loaded = await LoadAsync(named, key, progress, cancellationToken);
        if (loaded is not [var only])
        {
            throw new DeploymentException(
                DeploymentError.ImageMismatch,
                $"{key} holds {loaded.Count} images ({string.Join(", ", loaded)}): neither {name} nor exactly one image");
        }

        await images.TagAsync(only, wanted, cancellationToken);
    }

    private async Task<IReadOnlyList<string>> LoadAsync(
        ImageArchive archive, string key, IProgress<DeploymentProgress> progress, CancellationToken cancellationToken)
    {
        try
        {
            var loaded = await images.LoadAsync(
                archive, options.PullStallTimeout, Throttle($"loading {key}", progress), cancellationToken);
            return [.. loaded.Distinct(StringComparer.Ordinal)];
        }
        catch (Exception fault) when (archive.Refusal is not null && fault is not OperationCanceledException)
        {
            // The engine may have answered before the end, and then sees a broken connection.
            throw archive.Refusal.IsMismatch
                ? new DeploymentException(DeploymentError.ImageMismatch, $"{key}: {archive.Refusal.Message}", null, fault)
                : DeploymentFaults.Launch(LaunchFailure.LoadFailed, $"{key} cannot be loaded: {archive.Refusal.Message}", fault);
        }
        catch (Exception fault) when (fault is DockerEngineException or TimeoutException or ArchiveBrokenException)
        {
            throw DeploymentFaults.Launch(LaunchFailure.LoadFailed, $"{key} cannot be loaded: {fault.Message}", fault);
        }
    }

    /// <summary>The engine speaks ten times a second per layer; people and logs need less.</summary>
    private Action<PullProgress> Throttle(string what, IProgress<DeploymentProgress> progress)
    {
        var last = clock.GetTimestamp() - (clock.TimestampFrequency * 10);
        return step =>
        {
            if (clock.GetElapsedTime(last) < ReportInterval)
            {
                return;
            }

            last = clock.GetTimestamp();
            long? total = step.TotalBytes > 0 ? step.TotalBytes : null;
            progress.Report(new DeploymentProgress(Step, $"{what}: {step.Message}", total is null ? null : step.DoneBytes, total));
        };
    }
}
