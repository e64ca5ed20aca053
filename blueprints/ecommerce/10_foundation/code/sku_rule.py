# Runs in Odoo as superuser, inside the save: an error undoes the save.
settings = env['ir.config_parameter'].sudo()
characters = settings.get_param('phaseline.sku_characters', '')
shortest, longest = [int(number) for number in settings.get_param('phaseline.sku_length', '1 to 64').split(' to ')]
for product in records:
    sku = product.default_code or ''
    if not sku:
        continue
    strange = [letter for letter in sku if letter not in characters]
    if product.is_storable and (strange or not shortest <= len(sku) <= longest):
        raise UserError('SKU rule: %r must be %d to %d characters of %s' % (sku, shortest, longest, characters))
    twins = env['product.product'].with_context(active_test=False).sudo()
    if twins.search_count([('default_code', '=', sku), ('id', '!=', product.id)], limit=1):
        raise UserError('SKU duplicate: %r is the number of another product' % sku)
