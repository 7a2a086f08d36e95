using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.LaunchConfigs;

/// <summary>
/// Loads and stores the launch configs of one service, and verifies that their bytes have the hash in their key.
/// </summary>
/// <param name="store">The store that holds the launch configs.</param>
/// <param name="prefix">The service's prefix in the store.</param>
/// <param name="clock">The clock; null for the system clock.</param>
public sealed class LaunchConfigRepository(IObjectStore store, string prefix, TimeProvider? clock = null)
{
    private readonly LaunchConfigCatalog _catalog = new(store, prefix, clock ?? TimeProvider.System);

    /// <summary>
    /// How long callers without rights get the result of the last search for a hash that is not stored: 10 s.
    /// </summary>
    public static TimeSpan MissLife { get; } = TimeSpan.FromSeconds(10);

    private string Place => prefix.Length == 0 ? store.Description : $"{store.Description}, {prefix}";

    /// <summary>Loads the launch config with a hash, MD5 or SHA-256, searching anew for its other digest.</summary>
    /// <exception cref="LaunchConfigNotFoundException">The store has no such launch config.</exception>
    /// <exception cref="HashMismatchException">The stored bytes have another hash.</exception>
    /// <exception cref="InvalidLaunchConfigException">The stored bytes are not a launch config.</exception>
    /// <exception cref="ObjectStoreException">The store failed.</exception>
    public Task<LaunchConfig> LoadAsync(LaunchConfigReference reference, CancellationToken cancellationToken) =>
        LoadAsync(reference, TimeSpan.Zero, cancellationToken);

    /// <summary>Loads the launch config with a hash, MD5 or SHA-256.</summary>
    /// <param name="reference">The hash to look for.</param>
    /// <param name="maxMissAge">
    /// Greatest age of an earlier search by the other digest whose negative result is accepted. Zero searches again,
    /// and finds what others have stored since.
    /// </param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <inheritdoc cref="LoadAsync(LaunchConfigReference, CancellationToken)"/>
    public async Task<LaunchConfig> LoadAsync(
        LaunchConfigReference reference, TimeSpan maxMissAge, CancellationToken cancellationToken)
    {
        var key = ObjectKey.LaunchConfig(prefix, reference.Value);
        var read = await ReadAsync(key, cancellationToken);
        if (read is null)
        {
            return await FindByOtherNameAsync(reference, maxMissAge, cancellationToken)
                ?? throw new LaunchConfigNotFoundException(reference.Value, Place);
        }

        return reference.Matches(read.Bytes.Span)
            ? LaunchConfig.Parse(read.Bytes)
            : throw new HashMismatchException(key, reference, reference.DigestOf(read.Bytes.Span));
    }

    /// <summary>Loads the launch config in <c>current.json</c>, if there is one.</summary>
    /// <returns>The launch config, or null if nothing was ever deployed.</returns>
    /// <exception cref="InvalidLaunchConfigException">The stored bytes are not a launch config.</exception>
    /// <exception cref="ObjectStoreException">The store failed.</exception>
    public async Task<LaunchConfig?> FindCurrentAsync(CancellationToken cancellationToken) =>
        await ReadAsync(ObjectKey.Current(prefix), cancellationToken) is { } read
            ? LaunchConfig.Parse(read.Bytes)
            : null;

    /// <summary>Loads the launch config in <c>current.json</c>.</summary>
    /// <exception cref="LaunchConfigNotFoundException">Nothing was ever deployed.</exception>
    /// <exception cref="InvalidLaunchConfigException">The stored bytes are not a launch config.</exception>
    /// <exception cref="ObjectStoreException">The store failed.</exception>
    public async Task<LaunchConfig> LoadCurrentAsync(CancellationToken cancellationToken) =>
        await FindCurrentAsync(cancellationToken) ?? throw new LaunchConfigNotFoundException("current", Place);

    /// <summary>
    /// Stores a launch config under its SHA-256 without deploying it. Storing it again changes nothing.
    /// </summary>
    /// <exception cref="InvalidLaunchConfigException">The bytes are not a launch config.</exception>
    /// <exception cref="ObjectStoreException">The store failed.</exception>
    public async Task<LaunchConfig> AddAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var config = LaunchConfig.Parse(bytes);
        await AddAsync(config, cancellationToken);
        return config;
    }

    /// <summary>
    /// Stores a launch config under its SHA-256 without deploying it. Storing it again changes nothing.
    /// </summary>
    /// <exception cref="HashMismatchException">Other bytes are stored under the hash.</exception>
    /// <exception cref="ObjectStoreException">The store failed.</exception>
    public async Task AddAsync(LaunchConfig config, CancellationToken cancellationToken)
    {
        if (config.Bytes.Length > DocumentLimits.LaunchConfig)
        {
            throw new InvalidLaunchConfigException("", $"it has more than {DocumentLimits.Text(DocumentLimits.LaunchConfig)}");
        }

        var key = ObjectKey.LaunchConfig(prefix, config.Hash.Value);
        var outcome = await store.PutAsync(key, config.Bytes, PutCondition.IfAbsent, cancellationToken);
        if (outcome == PutOutcome.NotSupported)
        {
            // Any other writer of this key writes the same bytes, since their hash is the key.
            outcome = await store.PutAsync(key, config.Bytes, PutCondition.None, cancellationToken);
        }

        _catalog.Learn(key, config.Alias);
        if (outcome == PutOutcome.Stored)
        {
            return;
        }

        var read = await ReadAsync(key, cancellationToken)
            ?? throw new ObjectStoreException(ObjectStoreFault.Unavailable, $"{Place} did not keep {key}");
        if (!config.Hash.Matches(read.Bytes.Span))
        {
            throw new HashMismatchException(key, config.Hash, LaunchConfigHash.Of(read.Bytes.Span));
        }
    }

    /// <summary>Reads an object that should be a launch config; an object that is too large is not one.</summary>
    private async Task<StoredObject?> ReadAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            return await store.GetAsync(key, cancellationToken);
        }
        catch (ObjectStoreException exception) when (exception.Fault == ObjectStoreFault.TooLarge)
        {
            throw new InvalidLaunchConfigException("", exception.Message);
        }
    }

    /// <summary>
    /// Finds a launch config stored under the other digest of its bytes, so that an MD5 alias is valid everywhere.
    /// </summary>
    private async Task<LaunchConfig?> FindByOtherNameAsync(
        LaunchConfigReference reference, TimeSpan maxMissAge, CancellationToken cancellationToken)
    {
        if (await _catalog.FindKeyAsync(reference, maxMissAge, cancellationToken) is not { } key)
        {
            return null;
        }

        var read = await ReadAsync(key, cancellationToken);
        if (read is not null && reference.Matches(read.Bytes.Span))
        {
            return LaunchConfig.Parse(read.Bytes);
        }

        _catalog.Forget(reference);
        return null;
    }
}
