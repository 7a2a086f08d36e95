using System.Net;
using WunderProxy.Deployments.Applications;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Docker;
using WunderProxy.Deployments.Docker.Archives;
using WunderProxy.Deployments.Docker.Models;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.Launching;

/// <summary>
/// Provides a launch config's image on the machine: uses it if present, pulls it from a registry, or loads it from a
/// bucket.
/// </summary>
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

    /// <summary>Whether the image is already on this machine.</summary>
    public async Task<bool> IsPresentAsync(LaunchConfig config, CancellationToken cancellationToken) =>
        await images.FindAsync(names.DemandOf(config), cancellationToken) is not null;

    /// <summary>Provides the image on this machine.</summary>
    /// <param name="config">The launch config whose image is wanted.</param>
    /// <param name="beforeTransfer">Called once if the image has to be pulled or loaded.</param>
    /// <param name="progress">Receives the number of bytes transferred.</param>
    /// <param name="cancellationToken">Cancels the transfer.</param>
    /// <exception cref="DeploymentException">The image does not exist, or cannot be pulled or loaded.</exception>
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
            return new ProvidedImage(name, present, LaunchMethod.Created);
        }

        beforeTransfer();
        var pullFailure = await TryPullAsync(name, progress, cancellationToken);
        var method = LaunchMethod.Pulled;
        if (pullFailure is not null)
        {
            if (config.ImageBucket.Length == 0 || !await TryLoadAsync(config, name, progress, cancellationToken))
            {
                throw pullFailure;
            }

            method = LaunchMethod.Loaded;
        }

        var details = await images.FindAsync(name, cancellationToken)
            ?? throw DeploymentFaults.Launch(LaunchFailure.PullFailed, $"image {name} is not on this machine after it was {method.ToWire()}");
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
        catch (DockerEngineException exception)
        {
            var reason = exception.StatusCode == HttpStatusCode.NotFound ? LaunchFailure.ImageNotFound : LaunchFailure.PullFailed;
            return DeploymentFaults.Launch(reason, $"image {name} cannot be pulled: {exception.Message}{withoutLogin}", exception);
        }
        catch (Exception exception) when (exception is TimeoutException or InvalidDataException)
        {
            var reason = exception is TimeoutException ? LaunchFailure.PullTimeout : LaunchFailure.PullFailed;
            return DeploymentFaults.Launch(reason, $"image {name} cannot be pulled: {exception.Message}", exception);
        }
    }

    /// <summary>
    /// Returns the login, or why the helper that may have it gives none; the pull is then made without a login, as in
    /// the Docker client.
    /// </summary>
    private async Task<(RegistryLogin? Login, string? Missing)> FindLoginAsync(string registry, CancellationToken cancellationToken)
    {
        try
        {
            return (await credentials.FindAsync(registry, cancellationToken), null);
        }
        catch (CredentialHelperException exception)
        {
            return (null, exception.Message);
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
        catch (Exception exception) when (archive.Refusal is not null && exception is not OperationCanceledException)
        {
            // The engine may have answered before the end of the archive, and then sees a broken connection.
            throw archive.Refusal.IsMismatch
                ? new DeploymentException(DeploymentError.ImageMismatch, $"{key}: {archive.Refusal.Message}", null, exception)
                : DeploymentFaults.Launch(LaunchFailure.LoadFailed, $"{key} cannot be loaded: {archive.Refusal.Message}", exception);
        }
        catch (Exception exception) when (exception is DockerEngineException or TimeoutException or ArchiveBrokenException)
        {
            throw DeploymentFaults.Launch(LaunchFailure.LoadFailed, $"{key} cannot be loaded: {exception.Message}", exception);
        }
    }

    /// <summary>
    /// Thins out progress: the engine reports ten times a second for each layer, more than people and logs need.
    /// </summary>
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
