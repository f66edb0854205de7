"""Arguments of operators and sensors, declared once as annotated attributes, as the fields of a dataclass are."""

import inspect
from collections.abc import Sequence
from inspect import Parameter


class DeclaredArguments:
    """Base class of operators whose annotated attributes are keyword arguments and template fields.

    An attribute without a value is a required argument. A class with a constructor of its own is left unchanged.
    """

    template_fields: Sequence[str] = ()
    declared: tuple[str, ...] = ()

    def __init_subclass__(cls) -> None:
        """Add the constructor and the template fields. Airflow reads the arguments from the signature of the constructor."""
        super().__init_subclass__()
        if "__init__" in vars(cls):
            return
        arguments = [
            Parameter(name, Parameter.KEYWORD_ONLY, default=vars(cls).get(name, Parameter.empty), annotation=annotation)
            for name, annotation in inspect.get_annotations(cls).items()
        ]

        def construct(self, **kwargs) -> None:
            values = {argument.name: kwargs.pop(argument.name, argument.default) for argument in arguments}
            super(cls, self).__init__(**kwargs)
            for name, value in values.items():
                setattr(self, name, value)

        signature = inspect.signature(construct)
        first, last = signature.parameters.values()
        construct.__signature__ = signature.replace(parameters=[first, *arguments, last])  # type: ignore[attr-defined]
        cls.__init__ = construct  # type: ignore[method-assign]
        names = [argument.name for argument in arguments]
        cls.declared, cls.template_fields = (*cls.declared, *names), (*cls.template_fields, *names)

    def declared_values(self) -> dict[str, object]:
        """The values of the declared arguments."""
        return {name: getattr(self, name) for name in self.declared}
