namespace WunderProxy.Deployments.LaunchConfigs;

/// <summary>What the engine reads at one place of its create body: a struct, a map, a list, or a single value.</summary>
internal sealed class EngineType
{
    private readonly Dictionary<string, (string Name, EngineType Type)> _fields = new(StringComparer.Ordinal);

    private EngineType()
    {
    }

    /// <summary>A single value, or a list of single values.</summary>
    public static EngineType Plain { get; } = new();

    /// <summary>Whether the names in an object here are fields of a struct, whose case does not count.</summary>
    public bool IsStruct => _fields.Count > 0;

    /// <summary>Type of the values of a map, whose keys are data; null when this is no map.</summary>
    public EngineType? Values { get; private init; }

    /// <summary>Type of the items of a list; null when this is no list of structs.</summary>
    public EngineType? Items { get; private init; }

    /// <summary>The fields of a struct, as the engine spells them.</summary>
    public IEnumerable<(string Name, EngineType Type)> Fields => _fields.Values;

    /// <summary>A list of structs.</summary>
    public static EngineType ListOf(EngineType items) => new() { Items = items };

    /// <summary>A map; its keys are compared as they are.</summary>
    public static EngineType MapOf(EngineType values) => new() { Values = values };

    /// <summary>A struct.</summary>
    /// <param name="plain">Names of its single values, separated by white space.</param>
    /// <param name="others">Its other fields.</param>
    public static EngineType Struct(string plain, params (string Name, EngineType Type)[] others)
    {
        var type = new EngineType();
        foreach (var name in plain.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            type._fields.Add(GoName.Fold(name), (name, Plain));
        }

        foreach (var field in others)
        {
            type._fields.Add(GoName.Fold(field.Name), field);
        }

        return type;
    }

    /// <summary>The field that the engine takes a name for; null when it knows none.</summary>
    public (string Name, EngineType Type)? Find(string name) =>
        _fields.TryGetValue(GoName.Fold(name), out var field) ? field : null;
}
